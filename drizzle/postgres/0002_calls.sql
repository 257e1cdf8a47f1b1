CREATE TABLE "call" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"room" text COLLATE "C" NOT NULL,
	"alive" bigint NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "call_room" ON "call" USING btree ("room");