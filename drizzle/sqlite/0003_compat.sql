CREATE TABLE `joined` (
	`session` text NOT NULL,
	`room` text NOT NULL,
	`seq` integer NOT NULL,
	`by_name` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`session`, `room`)
);
--> statement-breakpoint
CREATE TABLE `profile` (
	`person` text PRIMARY KEY NOT NULL,
	`real_name` text DEFAULT '' NOT NULL,
	`phone` text DEFAULT '' NOT NULL,
	`address` text DEFAULT '' NOT NULL,
	`gender` text DEFAULT '' NOT NULL,
	`birthday` text,
	`occupation` text DEFAULT '' NOT NULL,
	`website` text DEFAULT '' NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `upload` (
	`name` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`person` text NOT NULL,
	`original` text NOT NULL,
	`type` text NOT NULL,
	`size` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `upload_person` ON `upload` (`person`);