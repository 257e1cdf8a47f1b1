import { defineConfig } from 'drizzle-kit';

export default defineConfig({
	dialect: 'sqlite',
	schema: './server/store/sql/schema/*.ts',
	out: './drizzle/sqlite'
});
