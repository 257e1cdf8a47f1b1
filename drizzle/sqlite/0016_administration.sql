CREATE TABLE `audit` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`actor_name` text NOT NULL,
	`act` text NOT NULL,
	`subject` text NOT NULL,
	`subject_name` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `report` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`room` text NOT NULL,
	`message` text NOT NULL,
	`author` text NOT NULL,
	`reporter` text NOT NULL,
	`reason` text NOT NULL,
	`body` text,
	`files` text NOT NULL,
	`said_at` integer NOT NULL,
	`at` integer NOT NULL,
	`resolved_at` integer,
	`resolved_by` text,
	`action` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `report_id` ON `report` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `report_once` ON `report` (`message`,`reporter`);--> statement-breakpoint
CREATE INDEX `report_open_by` ON `report` (`reporter`) WHERE resolved_at IS NULL;--> statement-breakpoint
CREATE INDEX `report_open` ON `report` (`number`) WHERE resolved_at IS NULL;--> statement-breakpoint
ALTER TABLE `room` ADD `announcement` text;--> statement-breakpoint
CREATE INDEX `attachment_room` ON `attachment` (`room`);--> statement-breakpoint
CREATE INDEX `person_admin` ON `person` (`admin`) WHERE admin = 1;--> statement-breakpoint
UPDATE `room` SET `deleted_at` = 0 WHERE `deleted_at` IS NOT NULL;--> statement-breakpoint
CREATE TRIGGER `audit_kept` BEFORE DELETE ON `audit` BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;--> statement-breakpoint
CREATE TRIGGER `audit_unchanged` BEFORE UPDATE ON `audit` BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;--> statement-breakpoint
CREATE TRIGGER `audit_not_replaced` BEFORE INSERT ON `audit` WHEN EXISTS (SELECT 1 FROM `audit` WHERE `number` = NEW.`number`) BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
