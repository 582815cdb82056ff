-- The rows that are synced or replayed: one table for each TableDescription, the same at the centre and on
-- every replica. A released file is never edited: later changes are later files.
--
-- Columns stand in the order of their numbers. Then come the columns every table has:
--   version  the log version that last changed the row; 0 = a replica's guess
--   extra    cells of columns that only a newer centre knows, in canonical form
--   proofs   where a table has texts about persons: their commitments, each the column's number (1 byte) and
--            32 bytes of hash, ascending
--
-- Words (states, kinds, reasons) have no list of allowed values: an older replica must be able to keep a word
-- that only a newer centre knows.
--
-- No table has a rowid: digests, snapshots and repairs read a table in the order of its key, which is then
-- the order of its pages.
--
-- Foreign keys are checked at the centre alone: a replica's rows come checked, and it must be able to hold
-- whatever the centre sends.

CREATE TABLE unit (
  code TEXT NOT NULL CHECK (code <> ''),
  decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 3),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE currency (
  code TEXT NOT NULL CHECK (code <> ''),
  exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name TEXT NOT NULL CHECK (name <> ''),
  amount INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;

CREATE TABLE warehouse (
  code TEXT NOT NULL CHECK (code <> ''),
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
  sku TEXT NOT NULL CHECK (sku <> ''),
  sku_folded TEXT NOT NULL,
  name TEXT NOT NULL,
  category TEXT NOT NULL,
  base_unit TEXT NOT NULL,
  status TEXT NOT NULL,
  gtin TEXT NOT NULL,
  hs_code TEXT NOT NULL,
  origin TEXT NOT NULL,
  weight_grams INTEGER NOT NULL,
  description TEXT NOT NULL,
  tax_class TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE price_list (
  code TEXT NOT NULL CHECK (code <> ''),
  currency TEXT NOT NULL,
  is_company_list INTEGER NOT NULL CHECK (is_company_list IN (0, 1)),
  publication INTEGER NOT NULL,
  is_tax_included INTEGER NOT NULL CHECK (is_tax_included IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE price (
  list TEXT NOT NULL CHECK (list <> ''),
  sku TEXT NOT NULL CHECK (sku <> ''),
  min_quantity INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  pack TEXT NOT NULL,
  publication INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  pack_factor INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (list, sku, min_quantity, valid_from, pack, publication)
) STRICT, WITHOUT ROWID;

CREATE TABLE supplier (
  code TEXT NOT NULL CHECK (code <> ''),
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE category (
  code TEXT NOT NULL CHECK (code <> ''),
  parent TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE translation (
  sku TEXT NOT NULL CHECK (sku <> ''),
  locale TEXT NOT NULL CHECK (locale <> ''),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (sku, locale)
) STRICT, WITHOUT ROWID;

CREATE TABLE barcode (
  code TEXT NOT NULL CHECK (code <> ''),
  sku TEXT NOT NULL,
  pack TEXT NOT NULL,
  disputed TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE pack (
  sku TEXT NOT NULL CHECK (sku <> ''),
  code TEXT NOT NULL CHECK (code <> ''),
  factor INTEGER NOT NULL CHECK (factor > 0),
  unit TEXT NOT NULL,
  is_retired INTEGER NOT NULL CHECK (is_retired IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (sku, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE attribute (
  sku TEXT NOT NULL CHECK (sku <> ''),
  name TEXT NOT NULL CHECK (name <> ''),
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (sku, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE price_draft (
  list TEXT NOT NULL CHECK (list <> ''),
  sku TEXT NOT NULL CHECK (sku <> ''),
  min_quantity INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  pack TEXT NOT NULL,
  amount INTEGER NOT NULL,
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (list, sku, min_quantity, valid_from, pack)
) STRICT, WITHOUT ROWID;

CREATE TABLE tax_rate (
  tax_class TEXT NOT NULL CHECK (tax_class <> ''),
  jurisdiction TEXT NOT NULL CHECK (jurisdiction <> ''),
  valid_from INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (tax_class, jurisdiction, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE exchange_rate (
  from_currency TEXT NOT NULL CHECK (from_currency <> ''),
  to_currency TEXT NOT NULL CHECK (to_currency <> ''),
  as_of INTEGER NOT NULL,
  ratio INTEGER NOT NULL,
  source TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (from_currency, to_currency, as_of)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
  id BLOB NOT NULL CHECK (length(id) = 16),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  tax_id TEXT NOT NULL,
  address TEXT NOT NULL,
  status TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  price_list TEXT NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouse TEXT,
  merged_into BLOB CHECK (length(merged_into) = 16)
    REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  other_agents TEXT NOT NULL,
  other_territories TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  proofs BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
  code TEXT NOT NULL CHECK (code <> ''),
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE territory (
  code TEXT NOT NULL CHECK (code <> ''),
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  code TEXT NOT NULL CHECK (code <> ''),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  public_key BLOB NOT NULL CHECK (length(public_key) IN (0, 32)),
  former_agents TEXT NOT NULL,
  former_territories TEXT NOT NULL,
  former_warehouses TEXT NOT NULL,
  scope_version INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  device TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  is_spent INTEGER NOT NULL CHECK (is_spent IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (secret_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE bin (
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  code TEXT NOT NULL CHECK (code <> ''),
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (warehouse, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE lot (
  sku TEXT NOT NULL CHECK (sku <> ''),
  code TEXT NOT NULL CHECK (code <> ''),
  expiry TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (sku, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  bin TEXT NOT NULL CHECK (bin <> ''),
  sku TEXT NOT NULL CHECK (sku <> ''),
  lot TEXT NOT NULL,
  condition TEXT NOT NULL CHECK (condition <> ''),
  on_hand INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (warehouse, bin, sku, lot, condition)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_level (
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  sku TEXT NOT NULL CHECK (sku <> ''),
  on_hand INTEGER NOT NULL,
  unavailable INTEGER NOT NULL,
  allocated INTEGER NOT NULL,
  set_aside INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (warehouse, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_minimum (
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  sku TEXT NOT NULL CHECK (sku <> ''),
  quantity INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (warehouse, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE movement (
  id BLOB NOT NULL CHECK (length(id) = 16),
  warehouse TEXT NOT NULL,
  sku TEXT NOT NULL,
  lot TEXT NOT NULL,
  condition TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  from_bin TEXT NOT NULL,
  to_bin TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  line BLOB CHECK (length(line) = 16),
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  month TEXT NOT NULL,
  device TEXT NOT NULL,
  operation INTEGER NOT NULL,
  actor TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE observation (
  id BLOB NOT NULL CHECK (length(id) = 16),
  warehouse TEXT NOT NULL,
  bin TEXT NOT NULL,
  sku TEXT NOT NULL,
  lot TEXT NOT NULL,
  condition TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  device TEXT NOT NULL,
  operation INTEGER NOT NULL,
  actor TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE count_adjustment (
  observation BLOB NOT NULL CHECK (length(observation) = 16)
    REFERENCES observation (id) DEFERRABLE INITIALLY DEFERRED,
  warehouse TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (observation)
) STRICT, WITHOUT ROWID;

CREATE TABLE adjustment_revision (
  observation BLOB NOT NULL CHECK (length(observation) = 16)
    REFERENCES observation (id) DEFERRABLE INITIALLY DEFERRED,
  revision INTEGER NOT NULL,
  warehouse TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  because TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (observation, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE sales_order (
  id BLOB NOT NULL CHECK (length(id) = 16),
  number TEXT NOT NULL,
  customer BLOB NOT NULL CHECK (length(customer) = 16),
  customer_code TEXT NOT NULL,
  customer_name TEXT NOT NULL,
  delivery_address TEXT NOT NULL,
  notes TEXT NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouse TEXT NOT NULL,
  warehouses TEXT NOT NULL,
  currency TEXT NOT NULL,
  price_list TEXT NOT NULL,
  state TEXT NOT NULL,
  holds TEXT NOT NULL,
  ship_complete INTEGER NOT NULL CHECK (ship_complete IN (0, 1)),
  is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),
  total_minor INTEGER NOT NULL,
  ordered_at INTEGER NOT NULL,
  submitted_at INTEGER,
  accepted_version INTEGER NOT NULL,
  device TEXT NOT NULL,
  codes TEXT NOT NULL,
  cancelled_by TEXT NOT NULL,
  deleted_by TEXT NOT NULL,
  next_line INTEGER NOT NULL,
  submitted_by TEXT NOT NULL,
  cancelled_at INTEGER,
  cancelled_version INTEGER NOT NULL,
  freight_minor INTEGER NOT NULL,
  fees_minor INTEGER NOT NULL,
  tax_minor INTEGER NOT NULL,
  country TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  proofs BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_line (
  id BLOB NOT NULL CHECK (length(id) = 16),
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  line INTEGER NOT NULL,
  sku TEXT NOT NULL,
  ordered INTEGER NOT NULL,
  unit_price INTEGER NOT NULL,
  price_code TEXT NOT NULL,
  allocated INTEGER NOT NULL,
  backordered INTEGER NOT NULL,
  picked INTEGER NOT NULL,
  shipped INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1)),
  waiting_at TEXT NOT NULL,
  accepted_version INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  handed_over INTEGER NOT NULL,
  packed INTEGER NOT NULL,
  tax_percent INTEGER NOT NULL,
  pack TEXT NOT NULL,
  pack_factor INTEGER NOT NULL,
  is_tax_included INTEGER NOT NULL CHECK (is_tax_included IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE allocation (
  line BLOB NOT NULL CHECK (length(line) = 16)
    REFERENCES order_line (id) DEFERRABLE INITIALLY DEFERRED,
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  sku TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  open_at TEXT NOT NULL,
  promised_version INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  from_quota INTEGER NOT NULL CHECK (from_quota >= 0),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (line, warehouse)
) STRICT, WITHOUT ROWID;

CREATE TABLE shipment (
  id BLOB NOT NULL CHECK (length(id) = 16),
  number TEXT NOT NULL,
  warehouse TEXT NOT NULL,
  carrier TEXT NOT NULL,
  tracking TEXT NOT NULL,
  shipped_at INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shipment_line (
  shipment BLOB NOT NULL CHECK (length(shipment) = 16)
    REFERENCES shipment (id) DEFERRABLE INITIALLY DEFERRED,
  line BLOB NOT NULL CHECK (length(line) = 16)
    REFERENCES order_line (id) DEFERRABLE INITIALLY DEFERRED,
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  sku TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (shipment, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE staged_goods (
  line BLOB NOT NULL CHECK (length(line) = 16)
    REFERENCES order_line (id) DEFERRABLE INITIALLY DEFERRED,
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  lot TEXT NOT NULL,
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  quantity INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (line, warehouse, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
  id BLOB NOT NULL CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  record TEXT NOT NULL,
  sku TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  bin TEXT NOT NULL,
  warehouse TEXT NOT NULL,
  agent TEXT,
  owner TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  opened_at INTEGER NOT NULL,
  device TEXT NOT NULL,
  line BLOB CHECK (length(line) = 16),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conflict (
  id BLOB NOT NULL CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  record TEXT NOT NULL,
  "table" INTEGER NOT NULL,
  record_key BLOB NOT NULL,
  field TEXT NOT NULL,
  base TEXT NOT NULL,
  mine TEXT NOT NULL,
  theirs TEXT NOT NULL,
  chosen TEXT NOT NULL,
  state TEXT NOT NULL,
  device TEXT NOT NULL,
  actor TEXT NOT NULL,
  their_device TEXT NOT NULL,
  their_actor TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  resolved_by TEXT NOT NULL,
  note TEXT NOT NULL,
  places TEXT NOT NULL,
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  proofs BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
  device TEXT NOT NULL CHECK (device <> ''),
  id BLOB NOT NULL CHECK (length(id) = 16),
  code TEXT NOT NULL,
  operation INTEGER NOT NULL,
  record TEXT NOT NULL,
  quantity INTEGER,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (device, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
  device TEXT NOT NULL CHECK (device <> ''),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  codes TEXT NOT NULL,
  record TEXT NOT NULL,
  conflicts TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE held (
  device TEXT NOT NULL CHECK (device <> ''),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  waiting_for TEXT NOT NULL,
  held_version INTEGER NOT NULL,
  missing TEXT NOT NULL,
  withdrawn_by TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id BLOB NOT NULL CHECK (length(id) = 16),
  record TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  device TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  places TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  proofs BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE field_stamp (
  "table" INTEGER NOT NULL,
  field INTEGER NOT NULL,
  record BLOB NOT NULL CHECK (length(record) > 0),
  changed_version INTEGER NOT NULL,
  device TEXT NOT NULL,
  operation INTEGER NOT NULL,
  actor TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY ("table", field, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE imported (
  kind TEXT NOT NULL CHECK (kind <> ''),
  external TEXT NOT NULL CHECK (external <> ''),
  content BLOB NOT NULL,
  personal TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  proofs BLOB,
  PRIMARY KEY (kind, external)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracking_event (
  shipment BLOB NOT NULL CHECK (length(shipment) = 16)
    REFERENCES shipment (id) DEFERRABLE INITIALLY DEFERRED,
  status TEXT NOT NULL CHECK (status <> ''),
  at INTEGER NOT NULL,
  place TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (shipment, status, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE recent_order (
  customer BLOB NOT NULL CHECK (length(customer) = 16),
  slot INTEGER NOT NULL,
  "order" BLOB NOT NULL CHECK (length("order") = 16),
  ordered_at INTEGER NOT NULL,
  lines TEXT NOT NULL,
  agent TEXT,
  territory TEXT,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (customer, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
  id BLOB NOT NULL CHECK (length(id) = 16),
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  customer BLOB NOT NULL CHECK (length(customer) = 16),
  kind TEXT NOT NULL,
  method TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  rate INTEGER NOT NULL CHECK (rate >= 0),
  order_minor INTEGER NOT NULL,
  difference_minor INTEGER NOT NULL,
  reference TEXT NOT NULL,
  reason TEXT NOT NULL,
  is_paid_out INTEGER NOT NULL CHECK (is_paid_out IN (0, 1)),
  at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  actor TEXT NOT NULL,
  agent TEXT,
  territory TEXT,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  proofs BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_account (
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  paid_minor INTEGER NOT NULL,
  refunded_minor INTEGER NOT NULL,
  credit_minor INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY ("order")
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_account (
  customer BLOB NOT NULL CHECK (length(customer) = 16),
  currency TEXT NOT NULL CHECK (currency <> ''),
  credit_minor INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (customer, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE refused_record (
  "table" INTEGER NOT NULL,
  record BLOB NOT NULL CHECK (length(record) > 0),
  operation TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY ("table", record)
) STRICT, WITHOUT ROWID;

CREATE TABLE released_work (
  device TEXT NOT NULL,
  number INTEGER NOT NULL,
  last INTEGER NOT NULL,
  operation TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE package (
  id BLOB NOT NULL CHECK (length(id) = 16),
  number TEXT NOT NULL,
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  warehouse TEXT NOT NULL,
  weight_grams INTEGER NOT NULL,
  shipment BLOB CHECK (length(shipment) = 16),
  packed_at INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE package_line (
  package BLOB NOT NULL CHECK (length(package) = 16)
    REFERENCES package (id) DEFERRABLE INITIALLY DEFERRED,
  line BLOB NOT NULL CHECK (length(line) = 16)
    REFERENCES order_line (id) DEFERRABLE INITIALLY DEFERRED,
  "order" BLOB NOT NULL CHECK (length("order") = 16)
    REFERENCES sales_order (id) DEFERRABLE INITIALLY DEFERRED,
  sku TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  agent TEXT,
  territory TEXT,
  warehouses TEXT NOT NULL,
  device TEXT NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (package, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_credit (
  customer BLOB NOT NULL CHECK (length(customer) = 16)
    REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  limit_minor INTEGER CHECK (limit_minor >= 0),
  is_blocked INTEGER NOT NULL CHECK (is_blocked IN (0, 1)),
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE quota (
  device TEXT NOT NULL CHECK (device <> ''),
  sku TEXT NOT NULL CHECK (sku <> ''),
  warehouse TEXT NOT NULL CHECK (warehouse <> ''),
  granted INTEGER NOT NULL,
  spent INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  written_off INTEGER NOT NULL,
  version INTEGER NOT NULL,
  extra BLOB,
  PRIMARY KEY (device, sku, warehouse),
  -- What is unspent is never less than nothing: nobody may sell more than was set aside.
  CHECK (spent >= 0 AND returned >= 0 AND written_off >= 0 AND spent + returned + written_off <= granted)
) STRICT, WITHOUT ROWID;
