#!/usr/bin/env bash
# A picker's day, told by the real programs. `make days` writes docs/days/picker.md with it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../examples/stage.sh"
cd "$here/../examples/demo"

chapter "Before the shift"
open_centre
for kind in warehouses products prices customers stock; do centre import "$kind" "$kind.csv"; done
enrol W1 "Tablet, Almacén Madrid" warehouse --warehouse MAD
enrol A1 "Ana's phone" agent --agent ANA --territory WORLD --warehouse MAD
tell "Ana has sold honey, oil, and more muesli than there is."
on A1 order create --customer LUMIERE --line HONEY=6 --submit
on A1 order create --customer ZAK --line OIL-1L=3 --submit
on A1 order create --customer GROSS --line MUESLI=72 --submit
on A1 sync

chapter "Start of the shift"
tell "Everything that is to be done is fetched once; from here on the tablet needs nobody."
on W1 sync
on W1 order list
on W1 stock show MUESLI
on W1 report backorders
expect "twelve boxes of muesli wait for stock" '"waiting":12' replica W1 report backorders
close_centre

chapter "A delivery"
tell "Two cartons of muesli arrive. They are booked where they stand, then put away."
on W1 stock receive MUESLI 24 --warehouse MAD --bin RCV-01 --lot L77 --expiry 2027-03-31 --note LS-55410
on W1 stock move MUESLI 24 --warehouse MAD --from RCV-01 --to A-03 --lot L77
on W1 stock show MUESLI
expect "the tablet promises the rest of the order by itself" '"allocated":72,"backordered":0' \
  replica W1 order show SO-A1-0003

chapter "Picking and shipping"
on W1 pick SO-A1-0001 1 6
on W1 ship SO-A1-0001 --carrier Correos --tracking ES-5550-01
tell "Of three bottles of oil one is broken. What is there is picked, what is broken is written off."
on W1 pick SO-A1-0002 1 2 --bin A-02
on W1 stock scrap OIL-1L 1 --warehouse MAD --bin A-02 --reason damaged
on W1 ship SO-A1-0002 --line 1=2 --carrier Correos --tracking ES-5550-02
tell "From the muesli a box too many was taken; it goes back."
on W1 pick SO-A1-0003 1 48 --bin A-03
on W1 putback SO-A1-0003 1 1 --bin A-03

chapter "A count"
tell "The shelf of the oil is counted: 96, one less than the books say. The books follow."
on W1 stock count OIL-1L 96 --warehouse MAD --bin A-02
on W1 stock show OIL-1L
expect "96 bottles lie in the bin" '"bin":"A-02"[^}]*"onHand":96' replica W1 stock show OIL-1L
tell "And from now on somebody wants to know when the honey runs low."
on W1 stock minimum HONEY 20 --warehouse MAD
on W1 report stock --below
expect "two jars are missing" '"below":2' replica W1 report stock --below

chapter "End of the shift"
tell "Nothing may be unsent when the tablet is handed in."
on W1 status
open_centre
on W1 sync
on W1 status
expect "nothing is unsent" '"unsent":0' replica W1 status
tell "The carrier has the parcel."
on W1 track SH-W1-0001 in_transit --place ESMAD
on W1 sync
on W1 shipment show SH-W1-0001
on W1 task list
on W1 report movements --by kind
on W1 verify
expect "the tablet's checks hold" '"ok":true' replica W1 verify
expect "the centre's checks hold" '"ok":true' store verify --deep
expect "the honey is shipped" '"shipped":6' replica W1 order show SO-A1-0001
expect "one bottle is still to come" '"ordered":3[^}]*"shipped":2' replica W1 order show SO-A1-0002
conclude
