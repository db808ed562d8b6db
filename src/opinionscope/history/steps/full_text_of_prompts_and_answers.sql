-- Quoted text is found in prompts and answers without reading all of them.
-- Questions have no index: they are few, and are read through. Answers are found by the integer key of `calls`. Prompts
-- have none but their hash, and rowids change under VACUUM, so `prompt_keys` gives each an integer that stays.

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
INSERT INTO prompt_keys (prompt_hash) SELECT hash FROM prompts;
INSERT INTO prompt_search (prompt_search) VALUES ('rebuild');
INSERT INTO call_search (call_search) VALUES ('rebuild');
