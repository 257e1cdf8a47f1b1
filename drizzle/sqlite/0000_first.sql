CREATE TABLE `change` (
	`stream` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`entity` text NOT NULL,
	`actor` text NOT NULL,
	`op` text NOT NULL,
	`ts` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`stream`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `instance` (
	`id` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `message` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`room` text NOT NULL,
	`seq` integer NOT NULL,
	`rev` integer NOT NULL,
	`author` text NOT NULL,
	`body` text NOT NULL,
	`digest` text,
	`reply` text,
	`type` text,
	`at` integer NOT NULL,
	`sent` integer,
	`edited_at` integer,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `message_id` ON `message` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `message_room_seq` ON `message` (`room`,`seq`);--> statement-breakpoint
CREATE INDEX `message_room_rev` ON `message` (`room`,`rev`);--> statement-breakpoint
CREATE TABLE `op` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`device` text NOT NULL,
	`digest` text NOT NULL,
	`result` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `op_at` ON `op` (`at`);--> statement-breakpoint
CREATE TABLE `person` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`display` text,
	`avatar` text,
	`card_version` integer DEFAULT 1 NOT NULL,
	`admin` integer DEFAULT false NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `person_id` ON `person` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `person_name_key` ON `person` (`name_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `person_email_key` ON `person` (`email_key`);--> statement-breakpoint
CREATE TABLE `revision` (
	`message` text NOT NULL,
	`rev` integer NOT NULL,
	`body` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`message`, `rev`)
);
--> statement-breakpoint
CREATE TABLE `room` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`rev` integer NOT NULL,
	`listing_rev` integer DEFAULT 0 NOT NULL,
	`name` text NOT NULL,
	`name_key` text,
	`description` text DEFAULT '' NOT NULL,
	`password_hash` text,
	`owner` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `room_id` ON `room` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `room_name_key` ON `room` (`name_key`);--> statement-breakpoint
CREATE INDEX `room_listing` ON `room` (`listing_rev`);--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`public_id` text NOT NULL,
	`person` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer NOT NULL,
	`kind` text NOT NULL,
	`remember` integer DEFAULT false NOT NULL,
	`agent` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_public_id` ON `session` (`public_id`);--> statement-breakpoint
CREATE INDEX `session_person` ON `session` (`person`);--> statement-breakpoint
CREATE TABLE `span` (
	`room` text NOT NULL,
	`person` text NOT NULL,
	`rev` integer NOT NULL,
	`role` text NOT NULL,
	`from_seq` integer NOT NULL,
	`visible_from` integer NOT NULL,
	`to_seq` integer,
	`feed_rev` integer NOT NULL,
	`why` text,
	`read` integer DEFAULT 0 NOT NULL,
	`read_rev` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`room`, `person`)
);
--> statement-breakpoint
CREATE INDEX `span_room_rev` ON `span` (`room`,`rev`);--> statement-breakpoint
CREATE INDEX `span_person_feed` ON `span` (`person`,`feed_rev`);--> statement-breakpoint
CREATE INDEX `span_person_read` ON `span` (`person`,`read_rev`);--> statement-breakpoint
CREATE TABLE `stream` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`head` integer DEFAULT 0 NOT NULL,
	`head_hash` text DEFAULT '' NOT NULL,
	`floor` integer DEFAULT 0 NOT NULL,
	`last_ts` integer DEFAULT 0 NOT NULL
);
