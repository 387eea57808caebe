package org.wardfl.client.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// Which system calls confined code may not make, as a program for the kernel (seccomp, classic
/// BPF) that bubblewrap installs.
///
/// What is not needed for arithmetic and has had holes is refused with `EPERM`: tracing, mounting,
/// namespaces, kernel modules, keys, `bpf`, `io_uring`, sockets of other families than Unix and
/// Internet. Calls of another processor's numbering end the process.
///
/// Source: Linux `include/uapi/linux/seccomp.h`, `filter.h`, `audit.h`; numbers of system calls:
/// `arch/x86/entry/syscalls/syscall_64.tbl`, `include/uapi/asm-generic/unistd.h`.
final class SystemCallFilter {

  private static final int LOAD = 0x20;
  private static final int EQUAL = 0x15;
  private static final int AT_LEAST = 0x35;
  private static final int ANY_BIT = 0x45;
  private static final int RETURN = 0x06;

  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int FIRST_ARGUMENT = 16;

  private static final int ALLOW = 0x7fff0000;
  private static final int KILL = 0x80000000;
  private static final int NOT_PERMITTED = 0x00050000 | 1;
  private static final int NOT_THERE = 0x00050000 | 38;

  private static final int CLONE3 = 435;
  private static final int NEW_NAMESPACES = 0x7e020000;
  private static final int OTHER_NUMBERING = 0x40000000;
  // Unix, IPv4, IPv6, netlink: the last for lists of interfaces, of which there is one.
  private static final int[] FAMILIES = {1, 2, 10, 16};
  // io_uring, the newer calls for mounts, pidfd_getfd: the same number everywhere.
  private static final int[] NEWER = {425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442};

  /// A kind of processor with its numbers of system calls.
  private record Processor(int architecture, int cloning, int socket, List<Integer> refused) {}

  private static final Processor X86_64 =
      new Processor(
          0xc000003e,
          56,
          41,
          // ptrace, syslog, adjtimex, pivot_root, chroot, acct, settimeofday, mount, umount2,
          // swapon, swapoff, reboot, iopl, ioperm, init_module, delete_module, quotactl,
          // clock_settime, kexec_load, add_key, request_key, keyctl, unshare, perf_event_open,
          // name_to_handle_at, open_by_handle_at, clock_adjtime, setns, process_vm_readv,
          // process_vm_writev, kcmp, finit_module, kexec_file_load, bpf, userfaultfd
          List.of(
              101, 103, 159, 155, 161, 163, 164, 165, 166, 167, 168, 169, 172, 173, 175, 176, 179,
              227, 246, 248, 249, 250, 272, 298, 303, 304, 305, 308, 310, 311, 312, 313, 320, 321,
              323));
  private static final Processor AARCH64 =
      new Processor(
          0xc00000b7,
          220,
          198,
          // The same without iopl and ioperm, which there are none of.
          List.of(
              117, 116, 171, 41, 51, 89, 170, 40, 39, 224, 225, 142, 105, 106, 60, 112, 104, 217,
              218, 219, 97, 241, 264, 265, 266, 268, 270, 271, 272, 273, 294, 280, 282));

  private final ByteArrayOutputStream program = new ByteArrayOutputStream();

  private SystemCallFilter() {}

  /// The program for a processor; empty for one whose numbers are not known here.
  ///
  /// @param name as the system property `os.arch` has it
  static Optional<byte[]> program(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> Optional.of(new SystemCallFilter().of(X86_64));
      case "aarch64" -> Optional.of(new SystemCallFilter().of(AARCH64));
      default -> Optional.empty();
    };
  }

  private byte[] of(Processor processor) {
    add(LOAD, 0, 0, ARCHITECTURE);
    add(EQUAL, 1, 0, processor.architecture());
    add(RETURN, 0, 0, KILL);
    add(LOAD, 0, 0, NUMBER);
    if (processor.equals(X86_64)) {
      add(AT_LEAST, 0, 1, OTHER_NUMBERING);
      add(RETURN, 0, 0, NOT_PERMITTED);
    }
    for (int call : processor.refused()) {
      answer(call, NOT_PERMITTED);
    }
    for (int call : NEWER) {
      answer(call, NOT_PERMITTED);
    }
    // Its flags lie in memory, which a filter cannot read; the C library then uses clone.
    answer(CLONE3, NOT_THERE);
    add(EQUAL, 0, 4, processor.cloning());
    add(LOAD, 0, 0, FIRST_ARGUMENT);
    add(ANY_BIT, 0, 1, NEW_NAMESPACES);
    add(RETURN, 0, 0, NOT_PERMITTED);
    add(RETURN, 0, 0, ALLOW);
    add(EQUAL, 0, FAMILIES.length + 2, processor.socket());
    add(LOAD, 0, 0, FIRST_ARGUMENT);
    for (int i = 0; i < FAMILIES.length; i++) {
      add(EQUAL, FAMILIES.length - i, 0, FAMILIES[i]);
    }
    add(RETURN, 0, 0, NOT_PERMITTED);
    add(RETURN, 0, 0, ALLOW);
    return program.toByteArray();
  }

  private void answer(int call, int answer) {
    add(EQUAL, 0, 1, call);
    add(RETURN, 0, 0, answer);
  }

  private void add(int code, int whenTrue, int whenFalse, int value) {
    program.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) code)
            .put((byte) whenTrue)
            .put((byte) whenFalse)
            .putInt(value)
            .array());
  }
}
