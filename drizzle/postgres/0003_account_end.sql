CREATE TABLE "account_end" (
	"person" text COLLATE "C" PRIMARY KEY NOT NULL,
	"asked_at" bigint NOT NULL,
	"due_at" bigint NOT NULL,
	"words" text COLLATE "C" NOT NULL,
	"emptied" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX "account_end_due" ON "account_end" USING btree ("due_at");