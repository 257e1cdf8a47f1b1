CREATE TABLE `told` (
	`subscription` text NOT NULL,
	`room` text NOT NULL,
	`message` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`subscription`, `room`),
	FOREIGN KEY (`subscription`) REFERENCES `subscription`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `told_message` ON `told` (`message`);--> statement-breakpoint
CREATE INDEX `told_room` ON `told` (`room`);