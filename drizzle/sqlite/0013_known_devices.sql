CREATE TABLE `known_device` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`session` text NOT NULL,
	`used_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `known_device_person` ON `known_device` (`person`);