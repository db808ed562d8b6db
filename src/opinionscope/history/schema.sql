-- Today's schema, for new files: what all steps together make of an empty one. A test holds both to each other.

CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE questions ( -- survey items as they were when asked, each stored once
  hash TEXT PRIMARY KEY,
  dataset TEXT NOT NULL,
  question_id TEXT NOT NULL,
  domain TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  context TEXT NOT NULL, -- what respondents were told beforehand
  wording TEXT NOT NULL, -- verbatim, abridged or own
  source_key TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE options ( -- answer options in survey order
  question_hash TEXT NOT NULL REFERENCES questions(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0
  label TEXT NOT NULL,
  value REAL, -- place on an ordinal scale
  nonresponse INTEGER NOT NULL, -- 1 for "Refused" and its like
  PRIMARY KEY (question_hash, position)
);
CREATE TABLE topics (
  question_hash TEXT NOT NULL REFERENCES questions(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (question_hash, position)
);
CREATE TABLE groups ( -- groups of people, each stored once
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  expression TEXT NOT NULL -- as on the command line: party=Democrat,sex=Female
);
CREATE TABLE group_attributes (
  group_hash TEXT NOT NULL REFERENCES groups(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (group_hash, position)
);
CREATE TABLE prompts ( -- the two messages that are sent, each pair stored once
  hash TEXT PRIMARY KEY,
  system TEXT NOT NULL,
  user TEXT NOT NULL
);
CREATE TABLE humans ( -- how a group really answered a question, each stored once
  hash TEXT PRIMARY KEY,
  question_hash TEXT NOT NULL REFERENCES questions(hash),
  group_hash TEXT NOT NULL REFERENCES groups(hash),
  n REAL -- how many answers; NULL where the source gives shares only
);
CREATE TABLE human_shares (
  human_hash TEXT NOT NULL REFERENCES humans(hash) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  probability REAL NOT NULL,
  PRIMARY KEY (human_hash, position)
);
CREATE INDEX humans_question ON humans(question_hash);
CREATE INDEX humans_group ON humans(group_hash);
CREATE TABLE runs ( -- one question put to one model, with everything needed to repeat it
  id TEXT PRIMARY KEY, -- a ULID: sorted by it, runs are in order of time
  created TEXT NOT NULL, -- all times are ISO 8601, UTC
  finished TEXT,
  status TEXT NOT NULL, -- running, done, unread, failed or cancelled
  question_hash TEXT NOT NULL REFERENCES questions(hash),
  group_hash TEXT NOT NULL REFERENCES groups(hash),
  human_hash TEXT REFERENCES humans(hash), -- NULL where no human answer is known
  steering TEXT NOT NULL,
  format TEXT NOT NULL,
  prompt_hash TEXT NOT NULL REFERENCES prompts(hash),
  model TEXT NOT NULL, -- as chosen; the one that answered is in calls
  kind TEXT NOT NULL, -- live or recorded
  api_base TEXT, -- never with a key in it
  temperature REAL NOT NULL,
  max_tokens INTEGER NOT NULL,
  top_logprobs INTEGER NOT NULL,
  seed INTEGER,
  epsilon REAL NOT NULL,
  drop_nonresponse INTEGER NOT NULL,
  template_version TEXT NOT NULL,
  pack_version TEXT NOT NULL,
  program_version TEXT NOT NULL,
  error_title TEXT NOT NULL, -- why there are no measures, or empty
  error TEXT NOT NULL,
  note TEXT NOT NULL, -- the user's own
  session TEXT NOT NULL, -- which program instance is at it, while status is running
  samples INTEGER NOT NULL DEFAULT 30, -- simulated answers asked for
  repeats INTEGER NOT NULL DEFAULT 1,
  option_order TEXT NOT NULL DEFAULT 'survey', -- survey, reversed or shuffled
  reasoning INTEGER NOT NULL DEFAULT 0, -- 1 where the model was told to reason first
  voice TEXT NOT NULL DEFAULT 'instruction', -- how a persona was put
  examples_wanted INTEGER NOT NULL DEFAULT 5,
  examples_chosen INTEGER NOT NULL DEFAULT 0, -- 1 where the user chose the examples
  numbered TEXT NOT NULL DEFAULT '', -- letters of a JSON object asked for where possible
  pinned INTEGER NOT NULL DEFAULT 0, -- 1 where the user pinned it
  pooled_hash TEXT REFERENCES humans(hash) -- the pooled answer; NULL where it is not known
);
CREATE INDEX runs_question ON runs(question_hash);
CREATE INDEX runs_group ON runs(group_hash);
CREATE INDEX runs_human ON runs(human_hash);
CREATE INDEX runs_prompt ON runs(prompt_hash);
CREATE INDEX runs_setup ON runs(model, steering, format, status);
CREATE INDEX runs_running ON runs(session) WHERE status = 'running';
CREATE TABLE examples ( -- real questions shown as worked examples in the prompt
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  question_id TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE prompt_notes ( -- what a reader should know about how the prompt was made
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE tags (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
);
CREATE INDEX tags_tag ON tags(tag);
CREATE TABLE calls ( -- what came back, before anybody read meaning into it
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  resolved_model TEXT NOT NULL, -- the model that answered, as its provider names it
  answered TEXT, -- when a live answer came in
  recorded TEXT NOT NULL, -- when and where a recorded answer was made, in words
  seconds REAL NOT NULL,
  raw_text TEXT, -- NULL where only figures were recorded
  finish_reason TEXT NOT NULL,
  unread TEXT NOT NULL, -- why a recorded answer has no figures, or empty
  candidates INTEGER, -- how many candidates for the first token; NULL where no log-probs were given
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  cost_usd REAL, -- NULL where the price is not known
  thought TEXT NOT NULL DEFAULT '', -- what the model reasoned before it answered
  structured INTEGER NOT NULL DEFAULT 0, -- 1 where the provider had to keep to a JSON schema
  request_hash TEXT NOT NULL DEFAULT '', -- the same for identical requests; empty if unknown
  UNIQUE (run_id, position)
);
CREATE TABLE call_tokens ( -- candidates for the first token, as given
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  token TEXT NOT NULL,
  logprob REAL, -- nats; NULL for what was no number
  PRIMARY KEY (call_id, position)
);
CREATE TABLE call_figures ( -- recorded figures before normalising
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  figure REAL, -- NULL where the option was not offered
  PRIMARY KEY (call_id, position)
);
CREATE TABLE readings ( -- what the parser made of the answer
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  reason TEXT NOT NULL, -- why it could not be read, or empty
  coverage REAL, -- share of the answer that landed on the offered options; NULL where that was not recorded
  sample_size INTEGER, -- letters counted, where the answer was itself a sample
  n REAL
);
CREATE TABLE reading_options (
  run_id TEXT NOT NULL REFERENCES readings(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  figure REAL, -- as found in the answer
  probability REAL, -- normalised; NULL if the answer could not be read
  bound REAL, -- most it can be where it was not measured; NULL where it was
  PRIMARY KEY (run_id, position)
);
CREATE TABLE reading_trace ( -- how it was read, step by step
  run_id TEXT NOT NULL REFERENCES readings(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  step TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE comparisons ( -- what the scores of a run stand on
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  epsilon REAL NOT NULL,
  human_n REAL,
  model_n REAL -- how many answers the model's side was counted from; NULL where it was not
);
CREATE TABLE distributions ( -- the two sides as compared; an option that was left out has no row
  run_id TEXT NOT NULL REFERENCES comparisons(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  human REAL NOT NULL,
  model REAL NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE call_letters ( -- what A, B, C, ... stood for when an answer was recorded; none where as in options
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the letter
  label TEXT NOT NULL,
  PRIMARY KEY (call_id, position)
);
CREATE TABLE scalings ( -- the temperature applied to log-probs, and what it was fitted on
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  tau REAL NOT NULL,
  answers INTEGER NOT NULL, -- held-out ones
  questions INTEGER NOT NULL,
  source TEXT NOT NULL,
  kl_before REAL NOT NULL, -- mean KL(human || model) over the held-out answers, nats
  kl_after REAL NOT NULL,
  at_bound INTEGER NOT NULL -- 1 where the best tau lies beyond the range searched
);
CREATE TABLE planned_calls ( -- calls beside the first, which has its prompt and seed in runs
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 1
  prompt_hash TEXT NOT NULL REFERENCES prompts(hash),
  seed INTEGER,
  PRIMARY KEY (run_id, position)
);
CREATE INDEX planned_calls_prompt ON planned_calls(prompt_hash);
CREATE TABLE planned_letters ( -- what A, B, C, ... stand for in a call; none where as in options
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  call INTEGER NOT NULL, -- from 0
  position INTEGER NOT NULL, -- of the letter
  label TEXT NOT NULL,
  PRIMARY KEY (run_id, call, position)
);
CREATE TABLE scores ( -- what the measures say; one that is not defined for a run has no row
  run_id TEXT NOT NULL REFERENCES comparisons(run_id) ON DELETE CASCADE,
  measure TEXT NOT NULL, -- KL and JS in nats
  value REAL NOT NULL, -- may be infinite
  low REAL, -- ends of the 95 % interval; NULL where there is none
  high REAL,
  floor REAL, -- what a perfect answer would score by chance; NULL where that is not known
  PRIMARY KEY (run_id, measure)
) WITHOUT ROWID;
CREATE INDEX calls_request ON calls(request_hash, run_id, position) WHERE request_hash <> '';
CREATE TABLE bin ( -- deleted runs that can be brought back until the program ends that deleted them
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  session TEXT NOT NULL -- which program instance deleted it
);
CREATE TABLE selections ( -- saved by the user
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL -- in the selection language
);
CREATE INDEX runs_created ON runs(created, id);
CREATE INDEX runs_pinned ON runs(created, id) WHERE pinned = 1;
CREATE INDEX scores_value ON scores(measure, value);
CREATE TABLE prompt_keys ( -- integer keys of prompts, for prompt_search
  id INTEGER PRIMARY KEY,
  prompt_hash TEXT NOT NULL UNIQUE
);
CREATE VIEW prompt_texts AS
  SELECT prompt_keys.id, prompts.system, prompts.user FROM prompt_keys JOIN prompts ON prompts.hash = prompt_hash;
CREATE VIRTUAL TABLE prompt_search USING fts5(
  system, user, content = 'prompt_texts', content_rowid = 'id',
  columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE call_search USING fts5(raw_text, thought, content = 'calls', content_rowid = 'id',
  columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER prompts_indexed AFTER INSERT ON prompts BEGIN
  INSERT INTO prompt_keys (prompt_hash) VALUES (new.hash);
  INSERT INTO prompt_search (rowid, system, user)
    SELECT id, new.system, new.user FROM prompt_keys WHERE prompt_hash = new.hash;
END;
CREATE TRIGGER prompts_unindexed AFTER DELETE ON prompts BEGIN
  INSERT INTO prompt_search (prompt_search, rowid, system, user)
    SELECT 'delete', id, old.system, old.user FROM prompt_keys WHERE prompt_hash = old.hash;
  DELETE FROM prompt_keys WHERE prompt_hash = old.hash;
END;
CREATE TRIGGER calls_indexed AFTER INSERT ON calls BEGIN
  INSERT INTO call_search (rowid, raw_text, thought) VALUES (new.id, new.raw_text, new.thought);
END;
CREATE TRIGGER calls_unindexed AFTER DELETE ON calls BEGIN
  INSERT INTO call_search (call_search, rowid, raw_text, thought)
    VALUES ('delete', old.id, old.raw_text, old.thought);
END;
CREATE TRIGGER calls_reindexed AFTER UPDATE OF id, raw_text, thought ON calls BEGIN
  INSERT INTO call_search (call_search, rowid, raw_text, thought)
    VALUES ('delete', old.id, old.raw_text, old.thought);
  INSERT INTO call_search (rowid, raw_text, thought) VALUES (new.id, new.raw_text, new.thought);
END;
CREATE INDEX runs_pooled ON runs(pooled_hash);
CREATE TABLE recipe_options ( -- further fields of the recipe, where they are not the default
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, name)
);
CREATE TABLE call_before ( -- answers to a call that could not be read, after which it was made again
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0
  raw_text TEXT NOT NULL,
  reason TEXT NOT NULL, -- why it could not be read
  PRIMARY KEY (call_id, position)
);
CREATE TABLE sweeps ( -- grids of cells that are asked one after the other
  id TEXT PRIMARY KEY, -- a ULID
  created TEXT NOT NULL,
  name TEXT NOT NULL, -- the user's own, or empty
  plan TEXT NOT NULL, -- TOML, as the plan file has it
  cells INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  session TEXT NOT NULL DEFAULT '', -- which program instance is at it, or was last
  holder TEXT NOT NULL DEFAULT '' -- that instance in words: process, host, since when
);
CREATE TABLE sweep_cells ( -- cells that were begun; each has one run at most
  sweep TEXT NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  cell TEXT NOT NULL, -- hash of what was chosen
  run_id TEXT REFERENCES runs(id) ON DELETE CASCADE, -- NULL where the cell cannot be asked
  reason TEXT NOT NULL DEFAULT '', -- why it cannot
  PRIMARY KEY (sweep, cell)
) WITHOUT ROWID;
CREATE INDEX sweep_cells_run ON sweep_cells(run_id);
CREATE TABLE drawn_people ( -- people of the user's own file whom the calls of a run are about, by turns
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0, in the order in which they were drawn
  person INTEGER NOT NULL, -- place in the file of single people, from 0
  weight REAL NOT NULL,
  answer TEXT NOT NULL, -- label of the option that the person really chose
  PRIMARY KEY (run_id, position)
);
CREATE TABLE drawn_attributes ( -- what is known of a drawn person
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  drawn INTEGER NOT NULL, -- position of the person
  position INTEGER NOT NULL, -- of the attribute
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, drawn, position)
);
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
CREATE TABLE sweep_bounds ( -- the bounds of the last start of a sweep
  sweep TEXT PRIMARY KEY REFERENCES sweeps(id) ON DELETE CASCADE,
  budget REAL, -- US dollars that it may spend; NULL without a bound
  calls INTEGER, -- requests that it may make; NULL without a bound
  cost_before REAL, -- US dollars that the runs of the sweep had cost when it began; NULL where that is not known
  ended_by TEXT NOT NULL DEFAULT '' -- which bound stopped it, in words; empty while none did
);
