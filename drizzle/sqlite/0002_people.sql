CREATE TABLE `avatar` (
	`name` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`type` text NOT NULL,
	`bytes` blob NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `contact` (
	`person` text NOT NULL,
	`other` text NOT NULL,
	`rev` integer NOT NULL,
	`state` text NOT NULL,
	`blocked` integer DEFAULT false NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`person`, `other`)
);
--> statement-breakpoint
CREATE INDEX `contact_rev` ON `contact` (`person`,`rev`);--> statement-breakpoint
CREATE INDEX `contact_other` ON `contact` (`other`);--> statement-breakpoint
CREATE TABLE `draft` (
	`person` text NOT NULL,
	`room` text NOT NULL,
	`rev` integer NOT NULL,
	`body` text NOT NULL,
	`reply` text,
	`other` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`person`, `room`)
);
--> statement-breakpoint
CREATE INDEX `draft_rev` ON `draft` (`person`,`rev`);--> statement-breakpoint
CREATE TABLE `invite` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`room` text NOT NULL,
	`rev` integer NOT NULL,
	`token` text NOT NULL,
	`expires_at` integer,
	`uses_left` integer,
	`revoked` integer DEFAULT false NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invite_token` ON `invite` (`token`);--> statement-breakpoint
CREATE INDEX `invite_rev` ON `invite` (`person`,`rev`);--> statement-breakpoint
CREATE INDEX `invite_room` ON `invite` (`room`);--> statement-breakpoint
CREATE TABLE `pref` (
	`person` text NOT NULL,
	`key` text NOT NULL,
	`rev` integer NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`person`, `key`)
);
--> statement-breakpoint
CREATE INDEX `pref_rev` ON `pref` (`person`,`rev`);--> statement-breakpoint
ALTER TABLE `message` ADD `reply_seq` integer;--> statement-breakpoint
ALTER TABLE `message` ADD `mentions` text;--> statement-breakpoint
ALTER TABLE `message` ADD `reactions` text;--> statement-breakpoint
ALTER TABLE `message` ADD `forward` text;--> statement-breakpoint
ALTER TABLE `message` ADD `pinned_at` integer;--> statement-breakpoint
ALTER TABLE `message` ADD `note` text;--> statement-breakpoint
ALTER TABLE `person` ADD `bio` text;--> statement-breakpoint
ALTER TABLE `person` ADD `feed_rev` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `person` ADD `deleted_at` integer;--> statement-breakpoint
ALTER TABLE `person` ADD `seen_at` integer;--> statement-breakpoint
ALTER TABLE `room` ADD `direct` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `room` ADD `pins` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `span` ADD `seen` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `span` ADD `seen_rev` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `span` ADD `banned_at` integer;--> statement-breakpoint
ALTER TABLE `span` ADD `muted_until` integer;--> statement-breakpoint
CREATE INDEX `span_room_seen` ON `span` (`room`,`seen_rev`) WHERE seen_rev <> 0;