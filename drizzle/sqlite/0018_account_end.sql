CREATE TABLE `account_end` (
	`person` text PRIMARY KEY NOT NULL,
	`asked_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`words` text NOT NULL,
	`emptied` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `account_end_due` ON `account_end` (`due_at`);