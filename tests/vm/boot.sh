# shellcheck shell=bash
# One guest from start to end: its lock, its files, its processes.
# Sourced by tests/vm/run, which sets what is not set here.
# shellcheck disable=SC2154

readonly lock_file=/tmp/guard-vm.lock

# Software emulation takes all CPUs: two guests at once make both miss their
# time limits. QEMU inherits the lock, so it is held while a guest runs even
# if this script is killed.
wait_for_turn() {
    exec {vm_lock}>> "$lock_file"
    if ! flock -n "$vm_lock"; then
        note "another guest is running; waiting for it to end"
        flock "$vm_lock"
    fi
}

make_run_directory() {
    local name
    mkdir -p "$cache/run"
    run=$(mktemp -d "$cache/run/XXXXXX")
    name=$(date +%Y%m%d-%H%M%S)-$kernel-$$
    log=$logs/$name
    mkdir -p "$log"
    ln -sfn "$name" "$logs/last"
    find "$logs" -maxdepth 1 -name '2*' -printf '%f\n' | sort -r | tail -n +31 |
        sed "s|^|$logs/|" | xargs -r rm -rf
    printf '%s\n' "${original[*]}" > "$log/command"
    pids=()
    guest_pid=''
}

# What a guest that hangs is doing: an NMI makes its kernel print all tasks and end. Those that run or can't be killed are
# told, a line each: name, state, and the functions that they are in.
print_tasks() {
    local tries
    [[ -s $run/qemu.pid && -p $run/monitor.in ]] || return 0
    # Both ends: an emulator that has just ended reads it no more.
    echo nmi 1<> "$run/monitor.in"
    for ((tries = 0; tries < 120; tries++)); do
        kill -0 "$(cat "$run/qemu.pid" 2> /dev/null)" 2> /dev/null || break
        sleep 0.5
    done
    awk '
        function tell() { if (task != "" && told++ < 40) print "# hung: " task; task = "" }
        /task:.* state:/ { tell() }
        match($0, /task:[^ ]+ +state:[RD]/) { task = substr($0, RSTART + 5, RLENGTH - 5); functions = 0 }
        task != "" && / [a-z_0-9.]+\+0x/ && functions++ < 12 { sub(/\+0x.*/, "", $NF); task = task " " $NF }
        END { tell() }
    ' "$log/console.log" >&2
    note "the guest hung; its console is in $log/console.log and ends with"
    tail -n 20 "$log/console.log" >&2
}

end_emulator() {
    local emulator tries
    [[ -s $run/qemu.pid ]] || return 0
    emulator=$(cat "$run/qemu.pid")
    kill "$emulator" 2> /dev/null || return 0
    for ((tries = 0; tries < 50; tries++)); do
        kill -0 "$emulator" 2> /dev/null || return 0
        sleep 0.2
    done
    kill -KILL "$emulator" 2> /dev/null || true
}

end_guest() {
    local code=$? pid
    trap '' INT TERM HUP USR1
    [[ $code != 124 ]] || print_tasks
    # The guest first: a share that vanishes under it would only add noise.
    end_emulator
    [[ -z $guest_pid ]] || wait "$guest_pid" 2> /dev/null || true
    for pid in "${pids[@]}"; do
        kill "$pid" 2> /dev/null || true
    done
    rm -rf "$run"
    exit "$code"
}

# Files of this run travel in a second cpio behind the initrd: no share, no
# disk, and it is there before the first process.
write_session() {
    local tree=$run/tree index
    mkdir -p "$tree/session" "$tree/overlay/usr/lib/guard-tests"
    cp "$here"/guest/{init,session,guardd-start,guard-vm.service} "$tree/session/"
    printf '%q ' exec "${command[@]}" > "$tree/session/command"
    if [[ $interactive == 1 && ! -t 0 ]]; then
        interactive=0
        cat > "$tree/session/input"
    else
        : > "$tree/session/input"
    fi
    {
        echo "guardd=$guardd systemd=$systemd interactive=$interactive"
        echo "rows=$({ stty size 2> /dev/null || echo 24 80; } | cut -d' ' -f1)"
        echo "columns=$({ stty size 2> /dev/null || echo 24 80; } | cut -d' ' -f2)"
        printf 'directory=%q\n' "$PWD"
    } > "$tree/session/settings"
    {
        printf 'share-repo ro %s\n' "$repo"
        for index in "${!shares[@]}"; do
            printf 'share-%s rw %s\n' "$index" "${shares[index]}"
        done
    } > "$tree/session/shares"
    cp "$here/lib.sh" "$tree/overlay/usr/lib/guard-tests/"
    if [[ -d $repo/artifacts/programs ]]; then
        cp -a "$repo/artifacts/programs/." "$tree/overlay/usr/lib/guard-tests/"
    fi
    chown -R 0:0 "$tree"
    cp "$kernel_dir/$kernel/initrd" "$run/initrd"
    (cd "$tree" && find . | cpio --quiet -o -H newc) >> "$run/initrd"
    rm -rf "$tree"
}

share_arguments=()
start_share() {
    local tag=$1 source=$2 tries
    # rlimit 0: leave it. The default raises it, which a container may forbid.
    "$virtiofsd" --socket-path="$run/$tag.sock" -f --rlimit-nofile=0 \
        -o "source=$source" -o sandbox=chroot -o cache=auto -o log_level=warn \
        > "$log/$tag.log" 2>&1 {vm_lock}>&- &
    pids+=($!)
    for ((tries = 0; tries < 100; tries++)); do
        [[ ! -S $run/$tag.sock ]] || break
        sleep 0.05
    done
    [[ -S $run/$tag.sock ]] || die "cannot share $source: $(cat "$log/$tag.log")"
    share_arguments+=(-chardev "socket,id=$tag,path=$run/$tag.sock"
        -device "vhost-user-fs-pci,chardev=$tag,tag=$tag")
}

start_shares() {
    local index
    start_share share-repo "$repo"
    for index in "${!shares[@]}"; do
        start_share "share-$index" "${shares[index]}"
    done
}

# A /dev/kvm that is there may still not run a stock kernel (nested, filtered):
# boot one, remember the answer until this host boots again.
kvm_works() {
    local answer
    [[ -w /dev/kvm ]] || return 1
    answer=$cache/kvm-$(cat /proc/sys/kernel/random/boot_id)
    if [[ ! -s $answer ]]; then
        note "trying KVM (once)"
        rm -f "$cache"/kvm-*
        timeout 20 qemu-system-x86_64 -accel kvm -cpu host -m 512 -display none \
            -nodefaults -no-reboot -serial stdio -kernel "$kernel_dir/$kernel/vmlinuz" \
            -initrd "$kernel_dir/$kernel/initrd" \
            -append 'console=ttyS0 quiet guard.init=probe' \
            < /dev/null 2> /dev/null | grep -q 'probe ok' && echo yes > "$answer" ||
            echo no > "$answer"
    fi
    [[ $(cat "$answer") == yes ]]
}

start_guest() {
    local accelerator=(-accel 'tcg,thread=multi' -cpu max) init=tiny
    if [[ $icount == 1 ]]; then
        accelerator=(-accel tcg -cpu max -icount 'shift=0,sleep=off')
    elif kvm_works; then
        accelerator=(-accel kvm -cpu host)
    fi
    [[ $systemd == 0 ]] || init=systemd
    if [[ $systemd == 1 && $guardd == 0 ]]; then
        append+=' systemd.mask=guardd.service systemd.mask=guard.service'
    fi

    local port ports=()
    for port in out err ctl monitor.in monitor.out; do
        mkfifo "$run/$port"
    done
    for port in out err ctl log; do
        ports+=(-chardev "file,id=$port,path=$run/$port"
            -device "virtserialport,chardev=$port,name=guard.$port")
    done
    ln -s "$log/guardd.log" "$run/log"
    local terminal=()
    if [[ $interactive == 1 ]]; then
        terminal=(-chardev 'stdio,id=terminal,signal=off' -device 'virtconsole,chardev=terminal')
    fi

    # Both ends: opening a FIFO never waits for a guest that failed to start.
    exec {ctl}<> "$run/ctl"
    cat "$run/out" {ctl}>&- {vm_lock}>&- &
    out_pid=$!
    cat "$run/err" >&2 {ctl}>&- {vm_lock}>&- &
    err_pid=$!
    (
        trap - EXIT
        TMPDIR=$run qemu-system-x86_64 "${accelerator[@]}" -machine q35 -smp "${smp:-2}" \
            -m "$memory" -object "memory-backend-memfd,id=memory,size=$memory,share=on" \
            -machine memory-backend=memory -display none -nodefaults -no-reboot -no-user-config \
            -pidfile "$run/qemu.pid" -serial "file:$log/console.log" \
            -chardev "pipe,id=monitor,path=$run/monitor" -mon chardev=monitor \
            -kernel "$kernel_dir/$kernel/vmlinuz" -initrd "$run/initrd" \
            -append "console=ttyS0 quiet panic=-1 unknown_nmi_panic panic_print=1 guard.init=$init$append" \
            -drive "file=$disk,if=virtio,format=raw,snapshot=on,cache=unsafe" \
            -device virtio-serial-pci "${terminal[@]}" "${ports[@]}" "${share_arguments[@]}" \
            <&0 2> "$log/qemu.log" {ctl}>&- || true
        echo gone > "$run/ctl"
        # Releases a cat that still waits for somebody to open its FIFO.
        : <> "$run/out"
        : <> "$run/err"
    ) <&0 &
    guest_pid=$!
}

follow_guest() {
    local answer='' code='' status=0
    read -r -t "$timeout" answer code <&"$ctl" || status=$?
    if [[ $status -gt 128 ]]; then
        note "time-out after $timeout s"
        exit 124
    fi
    if [[ $answer != exit ]]; then
        note "the guest ended without a result; the console is in $log/console.log"
        tail -n 15 "$log/console.log" "$log/qemu.log" >&2 || true
        # With systemd, guardd writes elsewhere.
        [[ $systemd == 1 || -s $log/guardd.log ]] || exit 126
        exit 125
    fi
    # All output is in the FIFOs by now: the guest waited for its writers.
    kill "$(cat "$run/qemu.pid")" 2> /dev/null || true
    wait "$guest_pid" 2> /dev/null || true
    wait "$out_pid" "$err_pid" 2> /dev/null || true
    exit "$code"
}
