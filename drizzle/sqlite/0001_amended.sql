DROP INDEX `message_room_rev`;--> statement-breakpoint
CREATE INDEX `message_room_amended` ON `message` (`room`,`rev`) WHERE rev <> seq;