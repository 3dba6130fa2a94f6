# shellcheck shell=bash disable=SC2154
# Ways to reach port 4242 of this machine, where network_before has something listen.
network_before() {
    act serve :: 4242 > "$work/serve" 2>&1 &
    wait_for 20 "something listens" grep -q '"errno":"OK"' "$work/serve"
}

# A program in the directory of the attempt, so that its records tell whose they are.
setup_network() { cp /usr/lib/guard-tests/act "$gb/act"; }

case_N01() { says_ok connect 127.0.0.1 4242; }
case_N02() { says_ok fast-open 127.0.0.1 4242; }
case_N03() { says_ok connect ::1 4242; }
case_N04() { says_ok sendto 127.0.0.1 4242; }
case_N05() { says_ok connect ::ffff:127.0.0.1 4242; }
case_N06() { says_ok connect-uring 127.0.0.1 4242; }
case_N07() { says_ok connect-udp 127.0.0.1 4242; }
case_N08() { says_ok sendto-six 127.0.0.1 4242; }
case_N09() { says_ok sendto-unspecified 127.0.0.1 4242; }
case_N10() { says_ok sendmmsg 127.0.0.1 4242; }
case_N11() { says_ok sendto 0.0.0.0 4242; }
case_N12() { says_ok connect :: 4242; }
case_N13() { says_ok connect ::ffff:0.0.0.0 4242; }
case_N15() { says_ok sendto-from-group 0.0.0.0 4242; }
# Not to the address that another rule forbids.
case_N14() { says_ok sendto-raw 127.0.0.9 4242; }

# What was started before the rules goes on when $c/go is there.
goes_on() {
    touch "$c/go"
    local tries
    for ((tries = 0; tries < 400; tries++)); do
        ! grep -q '^# ended' "$c/before.out" || break
        sleep 0.05
    done
    cat "$c/before.out"
}
# perl, in the directory of the attempt.
when_told() {
    cp /usr/bin/perl "$gb/perl"
    # shellcheck disable=SC2016
    "$gb/perl" -MIO::Socket::INET -e '$| = 1; my ($go, $early) = @ARGV;
        sub ask { IO::Socket::INET->new("127.0.0.1:4242") or print "connect: $!\n" and undef }
        my $socket = ask() if $early;
        print "waiting\n";
        select undef, undef, undef, 0.05 until -e $go;
        $socket = ask() unless $early;
        print "REACHED\n" if ref $socket and defined syswrite $socket, "x";
        print "# ended\n"' "$c/go" "$1"
}
before_X31() { when_told 1; }
case_X31() { goes_on; }
before_X33() { when_told 0; }
case_X33() { goes_on; }

# perl, in the directory of the attempt, with both ends of a connection in a family or protocol of sockets.
_both_ends() { # FAMILY PROTOCOL ADDRESS-TO-BIND ADDRESS-TO-REACH, the addresses as expressions
    cp /usr/bin/perl "$gb/perl"
    # shellcheck disable=SC2016
    "$gb/perl" -MSocket -e 'my ($family, $protocol, $here, $there) = @ARGV;
        socket my $served, $family, SOCK_STREAM, $protocol or die "socket: $!\n";
        bind $served, eval $here and listen $served, 1 or die "listen: $!\n";
        socket my $socket, $family, SOCK_STREAM, $protocol or die "socket: $!\n";
        connect $socket, eval $there or die "connect: $!\n";
        print "REACHED\n"' "$@"
}
# sockaddr_vm: two bytes of nothing, the port, the context (1 is this machine, the highest number any).
case_X30() {
    modprobe vsock_loopback
    _both_ends 40 0 'pack "SSLLx4", 40, 0, 4242, 0xffffffff' 'pack "SSLLx4", 40, 0, 4242, 1'
}
case_X30b() {
    modprobe sctp
    _both_ends 2 132 'pack_sockaddr_in(4242, INADDR_ANY)' 'pack_sockaddr_in(4242, INADDR_LOOPBACK)'
}
case_X30c() { says_ok socket-packet; }

case_X32() {
    cp /usr/bin/perl "$gb/perl"
    echo '127.0.0.1 elsewhere.example' > "$c/hosts"
    mount --bind "$c/hosts" /etc/hosts
    "$gb/perl" -MIO::Socket::INET -e 'print IO::Socket::INET->new("elsewhere.example:4242") ? "REACHED\n" : "$!\n"'
}
