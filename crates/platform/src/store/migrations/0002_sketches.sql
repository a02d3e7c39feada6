-- Which blob is the small drawing of a version's area; NULL for versions that were saved before there were any.
ALTER TABLE versions ADD COLUMN sketch TEXT;
