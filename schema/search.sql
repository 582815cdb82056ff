-- What a replica searches products by: their SKUs, names in every language and barcodes, without case and
-- accents. Made after the first load, from the rows that are there; from then on triggers keep the texts up to
-- date in the transactions that change those rows, guesses and their taking back included. A released file is
-- never edited.

CREATE TABLE product_text (
  id INTEGER NOT NULL PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- The names in other languages.
  names TEXT NOT NULL,
  -- GTINs with and without the zeros before them.
  codes TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE product_search USING fts5 (
  sku, name, names, codes,
  content = 'product_text', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE VIEW product_source AS
SELECT
  product.sku AS sku, product.name AS name,
  coalesce((SELECT group_concat(name, ' ') FROM translation WHERE sku = product.sku), '') AS names,
  coalesce(
    (SELECT group_concat(code || ' ' || ltrim(code, '0'), ' ') FROM barcode WHERE sku = product.sku), ''
  ) AS codes
FROM product;

INSERT INTO product_text (sku, name, names, codes) SELECT sku, name, names, codes FROM product_source;
INSERT INTO product_search (product_search) VALUES ('rebuild');

-- The rows of product_text that changed since the index was told, as the index has them; all NULL: it has none.
-- FTS5 takes a row out only when it is told what was in it. Triggers may not write into an index where the
-- schema is not trusted, so the store does that before each transaction ends.
CREATE TABLE product_text_before (
  id INTEGER NOT NULL PRIMARY KEY,
  sku TEXT,
  name TEXT,
  names TEXT,
  codes TEXT
) STRICT;

CREATE TRIGGER product_text_inserted AFTER INSERT ON product_text BEGIN
  INSERT INTO product_text_before (id)
  SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM product_text_before WHERE id = new.id);
END;

CREATE TRIGGER product_text_deleted AFTER DELETE ON product_text BEGIN
  INSERT INTO product_text_before (id, sku, name, names, codes)
  SELECT old.id, old.sku, old.name, old.names, old.codes
  WHERE NOT EXISTS (SELECT 1 FROM product_text_before WHERE id = old.id);
END;

CREATE TRIGGER product_text_updated AFTER UPDATE ON product_text
WHEN (old.name, old.names, old.codes) IS NOT (new.name, new.names, new.codes) BEGIN
  INSERT INTO product_text_before (id, sku, name, names, codes)
  SELECT old.id, old.sku, old.name, old.names, old.codes
  WHERE NOT EXISTS (SELECT 1 FROM product_text_before WHERE id = old.id);
END;

-- The texts follow the rows.
CREATE TRIGGER product_inserted AFTER INSERT ON product BEGIN
  INSERT INTO product_text (sku, name, names, codes)
  SELECT sku, name, names, codes FROM product_source WHERE sku = new.sku;
END;

CREATE TRIGGER product_updated AFTER UPDATE ON product WHEN old.name IS NOT new.name BEGIN
  UPDATE product_text SET name = new.name WHERE sku = new.sku;
END;

CREATE TRIGGER product_deleted AFTER DELETE ON product BEGIN
  DELETE FROM product_text WHERE sku = old.sku;
END;

CREATE TRIGGER translation_inserted AFTER INSERT ON translation BEGIN
  UPDATE product_text SET names = (SELECT names FROM product_source WHERE sku = new.sku) WHERE sku = new.sku;
END;

CREATE TRIGGER translation_updated AFTER UPDATE ON translation WHEN old.name IS NOT new.name BEGIN
  UPDATE product_text SET names = (SELECT names FROM product_source WHERE sku = new.sku) WHERE sku = new.sku;
END;

CREATE TRIGGER translation_deleted AFTER DELETE ON translation BEGIN
  UPDATE product_text SET names = coalesce((SELECT names FROM product_source WHERE sku = old.sku), '')
  WHERE sku = old.sku;
END;

CREATE TRIGGER barcode_inserted AFTER INSERT ON barcode BEGIN
  UPDATE product_text SET codes = (SELECT codes FROM product_source WHERE sku = new.sku) WHERE sku = new.sku;
END;

CREATE TRIGGER barcode_updated AFTER UPDATE ON barcode WHEN old.sku IS NOT new.sku BEGIN
  UPDATE product_text SET codes = coalesce((SELECT codes FROM product_source WHERE sku = old.sku), '')
  WHERE sku = old.sku;
  UPDATE product_text SET codes = (SELECT codes FROM product_source WHERE sku = new.sku) WHERE sku = new.sku;
END;

CREATE TRIGGER barcode_deleted AFTER DELETE ON barcode BEGIN
  UPDATE product_text SET codes = coalesce((SELECT codes FROM product_source WHERE sku = old.sku), '')
  WHERE sku = old.sku;
END;
