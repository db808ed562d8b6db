-- The first schema: shared tables, runs, and outcomes.

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
  session TEXT NOT NULL -- which program instance is at it, while status is running
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
  PRIMARY KEY (run_id, position)
);
CREATE TABLE reading_trace ( -- how it was read, step by step
  run_id TEXT NOT NULL REFERENCES readings(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  step TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE measures ( -- KL and JS in nats
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  kl REAL NOT NULL, -- KL(human || model), the model smoothed with epsilon
  kl_unsmoothed REAL, -- NULL where infinite
  kl_infinite_at INTEGER, -- position of the option that makes it so
  tv REAL NOT NULL,
  js REAL NOT NULL,
  wasserstein REAL, -- scale points
  score REAL, -- 100 * (1 - TV / TV of uniform)
  floor_kl REAL, -- what a perfect answer would score by chance
  floor_tv REAL,
  epsilon REAL NOT NULL,
  human_n REAL,
  model_n REAL -- how many answers the model's side was counted from; NULL where it was not
);
CREATE TABLE distributions ( -- the two sides as compared; an option that was left out has no row
  run_id TEXT NOT NULL REFERENCES measures(run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- of the option
  human REAL NOT NULL,
  model REAL NOT NULL,
  PRIMARY KEY (run_id, position)
);
