CREATE TABLE `call` (
	`id` text PRIMARY KEY NOT NULL,
	`room` text NOT NULL,
	`alive` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `call_room` ON `call` (`room`);