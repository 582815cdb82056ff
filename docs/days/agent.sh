#!/usr/bin/env bash
# An agent's day, told by the real programs. `make days` writes docs/days/agent.md with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../examples/stage.sh"
cd "$here/../examples/demo"

chapter "Before the day"
open_centre
for kind in warehouses products prices customers stock; do centre import "$kind" "$kind.csv"; done
enrol A1 "Ana's phone" agent --agent ANA --territory WORLD --warehouse MAD
enrol W1 "Tablet, Almacén Madrid" warehouse --warehouse MAD

chapter "In the morning"
on A1 sync
on A1 status
close_centre

chapter "At a customer, without a link"
on A1 customer find gross
on A1 product search müsli
on A1 stock show MUESLI
tell "A draft, line by line; then it is submitted. The phone says what the centre will probably do."
on A1 order create --customer GROSS --line MUESLI=24
on A1 order line add SO-A1-0001 HONEY=6
on A1 order line set SO-A1-0001 1 --qty 30
on A1 order show SO-A1-0001
on A1 order submit SO-A1-0001
expect "thirty boxes are expected to be allocated" '"ordered":30,"allocated":30' replica A1 order show SO-A1-0001

chapter "A new customer"
tell "The number is made on the phone and stays."
on A1 customer create --name 'Bäckerei Żółć' --phone '+48 22 555 01 99' --country PL --currency EUR --price-list EUROPE
on A1 order create --customer C-A1-0001 --line COFFEE-AR=12 --line TEA-SENCHA=8 --submit
tell "There are five tins of sencha: three will wait."
expect "three tins wait" '"allocated":5,"backordered":3' replica A1 order show SO-A1-0002

chapter "Second thoughts"
tell "After the submission a change is a request that gets an answer."
on A1 order line set SO-A1-0001 2 --qty 4
on A1 order create --customer LUMIERE --line ZUREK=10 --submit
on A1 order cancel SO-A1-0003 --reason 'ordered twice'
tell "A delivery address is corrected."
on A1 customer set GROSS 'address=Bergmannstraße 100, Berlin'

chapter "Money"
tell "The new customer pays a part in cash."
on A1 payment record SO-A1-0002 --method cash --amount 100.00
on A1 payment list SO-A1-0002

chapter "In the evening"
on A1 order list
on A1 outbox list
on A1 status
open_centre
on A1 sync
on A1 order list
expect "nothing is unsent" '"unsent":0' replica A1 status
expect "the change was accepted" '"sku":"HONEY","ordered":4' replica A1 order show SO-A1-0001
expect "a hundred euros are paid" '"payment":"part paid","[^"]*":|"paidMinor":10000' replica A1 order show SO-A1-0002
expect "the order that was taken twice is cancelled" '"state":"cancelled"' replica A1 order show SO-A1-0003
tell "What the day brought, and what is still owed to customers:"
on A1 report sales --by product
on A1 report backorders
on A1 history SO-A1-0001
on W1 sync
expect "the warehouse has the orders" '"number":"SO-A1-0002"' replica W1 order list
expect "the phone's checks hold" '"ok":true' replica A1 verify
expect "the centre's checks hold" '"ok":true' store verify --deep
conclude
