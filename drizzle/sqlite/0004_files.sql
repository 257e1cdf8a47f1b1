CREATE TABLE `attachment` (
	`message` text NOT NULL,
	`file` text NOT NULL,
	`room` text NOT NULL,
	PRIMARY KEY(`message`, `file`)
);
--> statement-breakpoint
CREATE INDEX `attachment_file` ON `attachment` (`file`);--> statement-breakpoint
CREATE TABLE `file` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`kind` text NOT NULL,
	`size` integer NOT NULL,
	`width` integer,
	`height` integer,
	`hash` text,
	`stored` text NOT NULL,
	`thumb` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `file_person` ON `file` (`person`);--> statement-breakpoint
CREATE UNIQUE INDEX `file_stored` ON `file` (`stored`);--> statement-breakpoint
ALTER TABLE `message` ADD `files` text;