#!/usr/bin/env bash
# An administrator's day, told by the real programs. `make days` writes docs/days/admin.md with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../examples/stage.sh"
cd "$here/../examples/demo"

chapter "A centre is set up"
open_centre
for kind in warehouses products prices customers stock; do centre import "$kind" "$kind.csv"; done
tell "A supplier's list is tried before it is imported. Two of its rows are not usable."
cat >"$work/catalogue.csv" <<'ROWS'
sku,name,category,base_unit,gtin
SAFFRON,Azafrán de La Mancha 2 g,Spices,EA,
OLIVES,Aceitunas manzanilla,Preserves,EA,123
HONEY-500,,Breakfast,EA,
ROWS
cd "$work"
# Status 10 says that rows were refused.
centre import products catalogue.csv --dry-run --rejects refused.csv || true
centre import products catalogue.csv --rejects refused.csv || true
tell "What was refused is in a file with the same columns and the reason; mended, it goes in."
sed 's/^/    /' refused.csv
expect "a second run changes nothing" '"create":0,"update":0,"unchanged":1' store import products catalogue.csv

chapter "Devices"
enrol A1 "Ana's phone" agent --agent ANA --territory WORLD --warehouse MAD
enrol A2 "Ken's phone" agent --agent KEN --territory WORLD --warehouse MAD
enrol W1 "Tablet, Almacén Madrid" warehouse --warehouse MAD
centre device list
centre device show A1

chapter "A day goes by"
tell "Both agents sell, and correct the same phone number."
on A1 order create --customer LUMIERE --line TEA-SENCHA=4 --line HONEY=2 --submit
on A2 order create --customer SAKURA --line TEA-SENCHA=4 --submit
on A2 customer set GROSS 'phone=+49 30 5557 0222'
on A1 customer set GROSS 'phone=+49 30 5557 0333'
on A1 sync
on A2 sync
on W1 sync

chapter "What needs attention"
centre status
centre report sync
centre conflict list --open
conflict=$(store conflict list --open --json | field id)
centre conflict show "${conflict%%-*}"
centre conflict resolve "${conflict%%-*}" --keep theirs --note 'called the customer'
expect "no conflict is open" '"conflicts":\[\]' store conflict list --open

chapter "What was done"
centre log --device A1
centre history SO-A2-0001
centre history GROSS

chapter "Reports"
centre report sales --by agent
centre report sales --by country
centre report backorders
expect "Ana sold for 56.40 EUR" '"agent":"ANA"[^}]*"amount":{"amountMinor":5640,"currency":"EUR"' \
  store report sales --by agent
tell "For a spreadsheet, or another program:"
centre report sales --by product --csv
centre export orders --format ndjson

chapter "Is all of that so?"
centre verify --deep
expect "the centre's checks hold" '"ok":true' store verify --deep
conclude
