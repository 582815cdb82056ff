-- How rules and screens find rows of trade.sql without knowing their keys: one index for each Index of a
-- TableDescription. Apart from the tables, so that a first load can build them when all rows are there. The
-- key follows the named columns in every index, as the tables have no rowid. A released file is never edited.

CREATE INDEX product_folded ON product (sku_folded);
CREATE INDEX price_list_currency ON price_list (currency);
CREATE INDEX price_of_product ON price (sku, list);
CREATE INDEX price_draft_open ON price_draft (list, is_open);
CREATE INDEX barcode_of_product ON barcode (sku);
CREATE INDEX tax_rate_of_class ON tax_rate (tax_class, jurisdiction, valid_from);
CREATE INDEX exchange_rate_of_pair ON exchange_rate (from_currency, to_currency, as_of);
CREATE INDEX customer_code ON customer (code);
-- By what makes two of them alike however they are written (MatchKey).
CREATE INDEX customer_tax_id ON customer (upper(replace(replace(replace(replace(replace(replace(tax_id, ' ', ''), '-', ''), '(', ''), ')', ''), '/', ''), '.', '')));
CREATE INDEX customer_phone ON customer (upper(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '/', ''), '.', '')));
CREATE INDEX customer_name ON customer (country, upper(replace(replace(replace(replace(replace(replace(name, ' ', ''), '-', ''), '(', ''), ')', ''), '/', ''), '.', '')));
CREATE INDEX customer_account_of ON customer_account (customer);
CREATE INDEX stock_of_product ON stock (warehouse, sku);
CREATE INDEX stock_level_of_product ON stock_level (sku);
CREATE INDEX movement_from ON movement (warehouse, from_bin, sku, lot, condition, occurred_at);
CREATE INDEX movement_to ON movement (warehouse, to_bin, sku, lot, condition, occurred_at);
CREATE INDEX observation_of_stock ON observation (warehouse, bin, sku, lot, condition, occurred_at);
CREATE INDEX sales_order_number ON sales_order (number);
CREATE INDEX sales_order_customer ON sales_order (customer);
CREATE INDEX order_line_order ON order_line ("order");
CREATE INDEX order_line_waiting ON order_line (waiting_at, sku, accepted_version);
CREATE INDEX allocation_order ON allocation ("order");
CREATE INDEX allocation_open ON allocation (open_at, sku, promised_version);
CREATE INDEX shipment_number ON shipment (number);
CREATE INDEX shipment_line_order ON shipment_line ("order");
CREATE INDEX shipment_line_of ON shipment_line (shipment);
CREATE INDEX staged_order ON staged_goods ("order");
CREATE INDEX task_of_stock ON task (warehouse, sku, bin, is_open);
CREATE INDEX task_of_record ON task (record, is_open);
CREATE INDEX conflict_record ON conflict ("table", record_key, state);
CREATE INDEX held_waiting ON held (waiting_for, held_version);
CREATE INDEX event_record ON event (record);
CREATE INDEX tracking_of_shipment ON tracking_event (shipment);
CREATE INDEX recent_order_customer ON recent_order (customer);
CREATE INDEX payment_order ON payment ("order");
CREATE INDEX payment_reference ON payment (reference);
CREATE INDEX package_order ON package ("order");
CREATE INDEX package_line_order ON package_line ("order");
