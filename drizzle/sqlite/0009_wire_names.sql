-- Protocol version 3 renamed what travels and is also stored: the directory of rooms, a preference, and a field of refusals.
UPDATE `stream` SET `id` = 'directory', `kind` = 'directory' WHERE `id` = 'lobby';
--> statement-breakpoint
UPDATE `change` SET `stream` = 'directory' WHERE `stream` = 'lobby';
--> statement-breakpoint
UPDATE `pref` SET `key` = 'hidePreview' WHERE `key` = 'wordless';
--> statement-breakpoint
UPDATE `op` SET `result` = replace(`result`, '"cure":', '"action":') WHERE `result` LIKE '%"cure":%';
