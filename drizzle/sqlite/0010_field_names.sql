-- Tables take the words that the code uses. Written by hand: SQLite cannot rename an index, and the data stays.
ALTER TABLE `span` RENAME TO `membership`;
--> statement-breakpoint
DROP INDEX `span_room_rev`;
--> statement-breakpoint
DROP INDEX `span_person_feed`;
--> statement-breakpoint
DROP INDEX `span_person_read`;
--> statement-breakpoint
DROP INDEX `span_room_seen`;
--> statement-breakpoint
CREATE INDEX `membership_room_rev` ON `membership` (`room`,`rev`);
--> statement-breakpoint
CREATE INDEX `membership_person_feed` ON `membership` (`person`,`feed_rev`);
--> statement-breakpoint
CREATE INDEX `membership_person_read` ON `membership` (`person`,`read_rev`);
--> statement-breakpoint
CREATE INDEX `membership_room_seen` ON `membership` (`room`,`seen_rev`) WHERE seen_rev <> 0;
--> statement-breakpoint
ALTER TABLE `op` RENAME TO `act_result`;
--> statement-breakpoint
DROP INDEX `op_at`;
--> statement-breakpoint
CREATE INDEX `act_result_at` ON `act_result` (`at`);
--> statement-breakpoint
ALTER TABLE `change` RENAME COLUMN `op` TO `act`;
