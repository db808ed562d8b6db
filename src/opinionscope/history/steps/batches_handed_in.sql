-- Batches are fetched a day later and by another process, and none is handed in twice by mistake.

CREATE TABLE submissions ( -- files of calls that were handed in to a provider's batch API; never a key
  id TEXT PRIMARY KEY, -- a ULID
  sweep TEXT NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  created TEXT NOT NULL,
  shard TEXT NOT NULL, -- name of the file
  digest TEXT NOT NULL, -- SHA-256 of its content
  calls INTEGER NOT NULL,
  model TEXT NOT NULL, -- as chosen
  provider TEXT NOT NULL, -- litellm's word
  api_base TEXT, -- NULL for the provider's own
  file_id TEXT NOT NULL DEFAULT '', -- the provider's
  batch_id TEXT NOT NULL DEFAULT '', -- the provider's; empty where it is not known whether there is a batch
  status TEXT NOT NULL, -- begun, refused, submitted, then the provider's word
  collected TEXT -- when all its results had been read; NULL until then
);
CREATE INDEX submissions_sweep ON submissions(sweep);
CREATE INDEX submissions_digest ON submissions(digest);
