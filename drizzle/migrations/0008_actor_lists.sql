CREATE INDEX "actor_type_id" ON "actor" USING btree ("type","id");--> statement-breakpoint
CREATE INDEX "actor_key" ON "actor" USING btree ("key","type");--> statement-breakpoint
CREATE INDEX "entry_at" ON "entry" USING brin ("at") WITH (autosummarize=true,pages_per_range=32);--> statement-breakpoint
-- Finds parts of keys. Where Postgres has no pg_trgm, or the user may not add it, searches read all keys instead.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX actor_key_trigrams ON actor USING gin (lower(key) gin_trgm_ops);
EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege THEN
  RAISE WARNING 'Searches for keys read all of them, since the extension pg_trgm cannot be added: %', SQLERRM;
END $$;
