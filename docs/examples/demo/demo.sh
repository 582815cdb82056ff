#!/usr/bin/env bash
# A day offline, told by the real programs: one centre, a warehouse's tablet and two agents. All are cut off and work
# on the same things; then the link is back. Says what it does, shows who won and why, and checks it. Takes seconds.
#
# Needs waybill and waybill-server on the PATH (`make demo` sees to it). Leaves nothing behind.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
source ../stage.sh

# Orders are numbered on the device that makes them: SO-A1-0001, SO-A1-0002 …
chapter "1. A company opens"
open_centre
for kind in warehouses products prices customers stock; do centre import "$kind" "$kind.csv"; done
enrol W1 "Tablet, Almacén Madrid" warehouse --warehouse MAD
enrol A1 "Ana's phone" agent --agent ANA --territory WORLD --warehouse MAD
enrol A2 "Ken's phone" agent --agent KEN --territory WORLD --warehouse MAD

tell "Ten packs of nori are set aside for Ken: what he sells of them offline is certain, whatever others do."
centre quota grant A2 NORI 10 --warehouse MAD
on A2 sync

tell "Before the link breaks Ana sells honey and oil; the tablet hears of it."
on A1 order create --customer LUMIERE --line HONEY=6 --submit
on A1 order create --customer ZAK --line OIL-1L=3 --submit
on A1 sync
on W1 sync

chapter "2. The link breaks, and everybody works on"
close_centre

tell "There are five tins of sencha. Ana sells four, and so does Ken."
on A1 order create --customer LUMIERE --line TEA-SENCHA=4 --submit
on A2 order create --customer SAKURA --line TEA-SENCHA=4 --submit

tell "Ken sells from what is set aside for him, and takes cash."
on A2 order create --customer SAKURA --line NORI=4 --submit
on A2 payment record SO-A2-0002 --method cash --amount 3120

tell "Both edit the same customer: Ken the address, then both the phone number, Ana last."
on A2 customer set GROSS 'address=Bergmannstraße 100, Berlin' 'phone=+49 30 5557 0222'
on A1 customer set GROSS 'phone=+49 30 5557 0333'

tell "In the warehouse three bottles of oil are picked. Only then is a count of 96 entered that was made before the pick."
counted=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
sleep 2.5
on W1 pick SO-A1-0002 1 3 --bin A-02
on W1 stock count OIL-1L 96 --warehouse MAD --bin A-02 --at "$counted"

tell "The honey is picked and shipped. Ana, who cannot know, cancels it."
on W1 pick SO-A1-0001 1 6
on W1 ship SO-A1-0001 --carrier 'Correos' --tracking ES-5550-01
on A1 order cancel SO-A1-0001 --reason 'customer closed for the holidays'

tell "What each sees is their own work, marked as not sent:"
on A1 order list
on A1 status

chapter "3. The link is back"
open_centre
tell "Ana is first, then Ken, then the tablet; then all hear what became of it."
on A1 sync
on A2 sync
on W1 sync
on A1 sync
on A2 sync

chapter "4. Who won, and why"

tell "The last five tins: the first at the centre is served first, the rest waits for stock. Never eight."
on A2 order show SO-A2-0001
expect "Ana's four tins are allocated" '"allocated":4,"backordered":0' replica A1 order show SO-A1-0003
expect "Ken gets one, three wait" '"allocated":1,"backordered":3' replica A2 order show SO-A2-0001
expect "Ken is told so" 'ALLOCATION_SHORT' replica A2 order show SO-A2-0001
expect "nothing is left to promise" '"available":0' replica W1 stock show TEA-SENCHA --warehouse MAD

tell "Nobody could take Ken's nori; the money is in the books."
on A2 order show SO-A2-0002
expect "four packs are allocated" '"sku":"NORI","ordered":4,"allocated":4' replica A2 order show SO-A2-0002
expect "the order is paid" '"payment":"paid"' replica A2 order show SO-A2-0002
expect "six are still set aside" '"spent":4[^}]*"free":6' replica A2 quota list

tell "The count: 96 when it was made, and three picked after it. The pick does not vanish, and is not counted twice."
on W1 stock show OIL-1L --warehouse MAD
expect "93 in the bin" '"bin":"A-02"[^}]*"onHand":93' replica W1 stock show OIL-1L --warehouse MAD
expect "96 in the warehouse, three of them in staging" '"warehouse":"MAD","onHand":96' replica W1 stock show OIL-1L --warehouse MAD

tell "The customer: the address is merged in; of two phone numbers the later stands and the other is kept."
on A1 customer show GROSS
on A1 conflict list
expect "Ken's address is there" 'Bergmannstraße100' replica A1 customer show GROSS
expect "Ana's phone number stands" '\+493055570333' replica A1 customer show GROSS
expect "Ken's is kept in a conflict" '\+493055570222' replica A2 conflict list

tell "The cancellation: what was shipped before it stays shipped, and Ana is told."
on A1 order show SO-A1-0001
on A1 history SO-A1-0001
expect "the honey is shipped" '"shipped":6' replica A1 order show SO-A1-0001
expect "the order lives" '"state":"accepted"' replica A1 order show SO-A1-0001
expect "Ana has a notice" 'CANCEL_REJECTED_SHIPPED' replica A1 sql 'SELECT code FROM notice'

tell "Ken asks the customer: his number was right. He keeps his with one command."
conflict=$(replica A2 conflict list --json | field id)
on A2 conflict resolve "${conflict%%-*}" --keep mine --note 'asked the customer'
on A2 sync
expect "Ken's number stands now" '\+493055570222' store export customers

chapter "5. What the day brought"
tell "Ana hands the honey over in the shop; with that the order is closed."
on A1 deliver SO-A1-0001
on A1 sync
expect "the order is closed" '"state":"closed"' replica A1 order show SO-A1-0001
centre report sales --by agent
centre report backorders
on W1 report movements --by kind
expect "Ana sold for 124.55 EUR" '"agent":"ANA"[^}]*"amount":\{"amountMinor":12455,"currency":"EUR"' \
  store report sales --by agent
expect "Ken sold for 9040 JPY" '"agent":"KEN"[^}]*"amount":\{"amountMinor":9040,"currency":"JPY"' \
  store report sales --by agent

chapter "6. Is all of that so?"
for device in W1 A1 A2; do on "$device" sync; done
on W1 verify
centre verify --deep
expect "the tablet's checks hold" '"ok":true' replica W1 verify
expect "Ana's checks hold" '"ok":true' replica A1 verify
expect "Ken's checks hold" '"ok":true' replica A2 verify
expect "the centre's checks hold, its log replayed to the same rows" '"ok":true' store verify --deep
centre status

conclude ", in $((SECONDS - started)) s"
