-- How the centre finds what changed after a version. A replica never asks that and is spared the upkeep:
-- every change of a row changes its version. A released file is never edited.

CREATE INDEX unit_version ON unit (version);
CREATE INDEX currency_version ON currency (version);
CREATE INDEX setting_version ON setting (version);
CREATE INDEX warehouse_version ON warehouse (version);
CREATE INDEX product_version ON product (version);
CREATE INDEX price_list_version ON price_list (version);
CREATE INDEX price_version ON price (version);
CREATE INDEX customer_version ON customer (version);
CREATE INDEX device_version ON device (version);
CREATE INDEX bin_version ON bin (version);
CREATE INDEX lot_version ON lot (version);
CREATE INDEX stock_version ON stock (version);
CREATE INDEX stock_level_version ON stock_level (version);
CREATE INDEX stock_minimum_version ON stock_minimum (version);
CREATE INDEX movement_version ON movement (version);
CREATE INDEX observation_version ON observation (version);
CREATE INDEX count_adjustment_version ON count_adjustment (version);
CREATE INDEX adjustment_revision_version ON adjustment_revision (version);
CREATE INDEX sales_order_version ON sales_order (version);
CREATE INDEX order_line_version ON order_line (version);
CREATE INDEX allocation_version ON allocation (version);
CREATE INDEX shipment_version ON shipment (version);
CREATE INDEX shipment_line_version ON shipment_line (version);
CREATE INDEX staged_goods_version ON staged_goods (version);
CREATE INDEX task_version ON task (version);
CREATE INDEX conflict_version ON conflict (version);
CREATE INDEX notice_version ON notice (version);
CREATE INDEX answer_version ON answer (version);
CREATE INDEX held_version ON held (version);
CREATE INDEX event_version ON event (version);
CREATE INDEX tracking_event_version ON tracking_event (version);
CREATE INDEX recent_order_version ON recent_order (version);
