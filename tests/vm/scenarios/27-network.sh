# shellcheck shell=bash
# guest:
# timeout: 400
# when: long 6.12
# Connections, messages to an address, and addresses of this host that are taken: refused before they happen, by
# network, port, protocol and who asks, however an address is written and whatever call it goes by; recorded; allowed
# again afterwards.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

for address in 192.0.2.7 198.51.100.3 10.0.5.9 10.0.5.200 2001:db8:1::7 2001:db8:2::7; do
    ip addr add "$address" dev lo
done
for port in 4242 4243; do
    act serve :: "$port" > "$work/serve-$port" 2>&1 &
    wait_for 20 "something listens on port $port" grep -q '"errno":"OK"' "$work/serve-$port"
done

# network_expect ERRNO WHEN - every way to where the rule forbids to go.
network_expect() {
    expect_errno "$1" "$2: TCP" act connect 192.0.2.7 4242
    expect_errno "$1" "$2: TCP over IPv6" act connect 2001:db8:1::7 4242
    expect_errno "$1" "$2: TCP to IPv4 written as IPv6" act connect ::ffff:192.0.2.7 4242
    expect_errno "$1" "$2: TCP by MSG_FASTOPEN" act fast-open 192.0.2.7 4242
    expect_errno "$1" "$2: TCP by io_uring" act connect-uring 192.0.2.7 4242
    expect_errno "$1" "$2: connected UDP" act connect-udp 192.0.2.7 4242
    expect_errno "$1" "$2: UDP" act sendto 192.0.2.7 4242
    expect_errno "$1" "$2: UDP over IPv6" act sendto 2001:db8:1::7 4242
    expect_errno "$1" "$2: UDP to IPv4 written as IPv6" act sendto ::ffff:192.0.2.7 4242
    expect_errno "$1" "$2: UDP to IPv4 through a socket of IPv6" act sendto-six 192.0.2.7 4242
    expect_errno "$1" "$2: UDP to an address of no family" act sendto-unspecified 192.0.2.7 4242
    expect_errno "$1" "$2: UDP by sendmmsg" act sendmmsg 192.0.2.7 4242
}

# local_expect ERRNO WHEN - what is taken of this host.
local_expect() {
    expect_errno "$1" "$2: bind" act bind 127.0.0.1 4250
    expect_errno "$1" "$2: bind of another port, to everything, for UDP" act bind-udp :: 4251
    expect_errno "$1" "$2: listen without bind" act listen
    expect_errno "$1" "$2: a packet socket" act socket-packet
    expect_errno "$1" "$2: a raw socket" act sendto-raw 127.0.0.1 4245
}

network_expect OK "control, without a rule"
local_expect OK "control, without a rule"
expect_errno EINVAL "control, without a rule: half an address" act connect-short 192.0.2.7 4242

push_rules "rules on networks, ports and operations go live" << RULES
title: Not there
id: 27272727-2727-4272-8272-000000000001
logsource: {product: linux, category: network_connection}
detection:
    selection: {DestinationIp|cidr: [192.0.2.0/24, '2001:db8:1::/48']}
    filter_port: {DestinationPort: 4243}
    filter_who: {User: alice}
    condition: selection and not 1 of filter_*
guard: {action: block, on_unknown: deny}
---
title: Not taken
id: 27272727-2727-4272-8272-000000000002
logsource: {product: linux, category: network_connection}
detection:
    selection: {Operation: bind, SourcePort|gte: 4250}
    filter: {SourcePort|gt: 4251}
    condition: selection and not filter
guard: {action: block}
---
title: Nobody listens
id: 27272727-2727-4272-8272-000000000003
logsource: {product: linux, category: network_connection}
detection:
    selection: {Operation: listen, Image|endswith: /act, Protocol: tcp}
    condition: selection
guard: {action: block}
---
title: Nobody writes headers
id: 27272727-2727-4272-8272-000000000008
logsource: {product: linux, category: network_connection}
detection:
    selection: {Operation: raw, AddressFamily: [packet, ipv4]}
    filter: {Protocol: icmp}
    condition: selection and not filter
guard: {action: block}
---
title: Said to nobody else
id: 27272727-2727-4272-8272-000000000004
logsource: {product: linux, category: network_connection}
detection:
    selection: {DestinationIp: 127.0.0.1, DestinationPort: 4244, Protocol: udp}
    condition: selection
guard: {action: audit}
---
title: Where it comes from is not known yet, and that refuses
id: 27272727-2727-4272-8272-000000000005
logsource: {product: linux, category: network_connection}
detection:
    selection: {Operation: connect, DestinationPort: 4260, SourceIp: 203.0.113.9}
    condition: selection
guard: {action: block, on_unknown: deny}
---
title: Where it comes from is not known yet, and that does not
id: 27272727-2727-4272-8272-000000000006
logsource: {product: linux, category: network_connection}
detection:
    selection: {Operation: connect, DestinationPort: 4261, SourceIp: 203.0.113.9}
    condition: selection
guard: {action: block}
RULES

network_expect EPERM "with a rule"
local_expect EPERM "with a rule"
expect_errno EPERM "half an address is unknown, and that refuses" act connect-short 192.0.2.7 4242
expect_errno OK "elsewhere goes TCP" act connect 198.51.100.3 4242
expect_errno OK "in another network of IPv6, too" act connect 2001:db8:2::7 4242
expect_errno OK "and UDP" act sendto 198.51.100.3 4242
expect_errno OK "the port that is left out is reached" act connect 192.0.2.7 4243
expect_errno OK "whoever is left out goes there" setpriv --reuid alice --clear-groups act connect 192.0.2.7 4242
expect_errno OK "an address there is taken: nobody goes to it" act bind 192.0.2.7 4252
expect_errno ECONNREFUSED "without a rule that refuses what is unknown, a connection goes ahead" act connect 198.51.100.3 4261
expect_errno EPERM "with one it does not" act connect 198.51.100.3 4260
expect_errno OK "a raw socket that is left out is made" act socket-raw 1
expect_errno OK "what is recorded only goes ahead" act sendto 127.0.0.1 4244
expect_errno OK "to nowhere is to this host" act sendto 0.0.0.0 4244

audit_has "the trail has a connection" connect.denied '"protocol":"tcp"' '"addressFamily":"ipv4"' '"destinationIp":"192.0.2.7"' \
    '"destinationPort":4242' 27272727-2727-4272-8272-000000000001 EPERM
audit_has "one of IPv6" connect.denied '"destinationIp":"2001:db8:1::7"' '"addressFamily":"ipv6"'
audit_has "a message" send.denied '"protocol":"udp"' '"destinationIp":"192.0.2.7"'
audit_has "a bind" bind.denied '"sourceIp":"127.0.0.1"' '"sourcePort":4250' 27272727-2727-4272-8272-000000000002
audit_has "one to everything" bind.denied '"sourceIp":"::"' '"sourcePort":4251'
audit_has "a listen" listen.denied 27272727-2727-4272-8272-000000000003
audit_has "a packet socket" raw.denied '"addressFamily":"packet"' '"protocol":"any"' 27272727-2727-4272-8272-000000000008
audit_has "a raw one" raw.denied '"addressFamily":"ipv4"' '"protocol":"udp"'
audit_has "what was recorded only, by the address that was meant" send.audited '"destinationIp":"127.0.0.1"' '"destinationPort":4244'
audit_has "what was refused because it is not known" connect.denied '"destinationPort":4260' '"unknown"'
audit_has "half an address" connect.denied address_unknown
expect_output '"hook":"socket_connect","decisions":[0-9]+,"denied":7,' "each denial was counted once" guardctl status -o json
expect_output 'connect tcp[[:space:]]+192\.0\.2\.7:4242' "the table names where it went" guardctl audit list --limit 100

{
    echo 'title: Many networks'
    echo 'id: 27272727-2727-4272-8272-000000000007'
    echo 'logsource: {product: linux, category: network_connection}'
    echo 'detection:'
    echo '    selection:'
    echo '        DestinationIp|cidr:'
    for ((i = 0; i < 4000; i++)); do
        echo "            - 10.$((i / 256)).$((i % 256)).0/25"
    done
    echo '    condition: selection'
    echo 'guard: {action: block}'
} > "$work/many"
push_rules "a rule over 4000 networks takes their place" < "$work/many"
expect_errno EPERM "a network among them is refused" act connect 10.0.5.9 4242
expect_errno OK "what is between two of them is not" act connect 10.0.5.200 4242
network_expect OK "the rules are gone"
local_expect OK "the rules are gone"
expect_ok "all rules are taken out" guardctl policy remove --all
expect_errno OK "and nothing is refused" act connect 10.0.5.9 4242
