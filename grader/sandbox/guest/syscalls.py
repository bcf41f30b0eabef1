"""The system calls that a locked child may make."""

import mmap
import os
from types import ModuleType


def _flag(module: ModuleType, name: str) -> int:
    """Return a flag; 0 on systems that don't have it, where this filter isn't used."""
    return int(getattr(module, name, 0))


_ANONYMOUS = _flag(mmap, "MAP_ANONYMOUS")
_SHARED, _PRIVATE = _flag(mmap, "MAP_SHARED"), _flag(mmap, "MAP_PRIVATE")

# An allow-list: any other system call fails, also one that future kernels add. Found by running
# torch training, matplotlib and IPython under strace.
ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close
    close_range dup dup2 dup3 fsync fdatasync ftruncate
    fadvise64 sendfile copy_file_range creat stat fstat lstat newfstatat
    statx statfs fstatfs access faccessat faccessat2 getdents getdents64 readlink readlinkat
    getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link
    linkat symlink symlinkat umask pipe pipe2 poll ppoll select pselect6 epoll_create
    epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd eventfd2 timerfd_create
    timerfd_settime timerfd_gettime mprotect munmap mremap madvise brk msync mincore
    membarrier futex futex_waitv set_robust_list get_robust_list rseq set_tid_address
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
    sched_get_priority_min getcpu rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending
    rt_sigtimedwait rt_sigsuspend sigaltstack pause alarm getitimer setitimer nanosleep
    clock_nanosleep
    clock_gettime clock_getres gettimeofday time times getrusage getrlimit sysinfo uname
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid
    getresgid getgroups capget getrandom arch_prctl restart_syscall exit exit_group
    sendto recvfrom sendmsg recvmsg shutdown getsockopt getsockname getpeername
    get_mempolicy
""".split()

# These report success and do nothing, because library code (shutil.copy, tempfile) fails or warns
# without them. Landlock doesn't cover them.
PRETENDED = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat
    futimesat flock set_mempolicy mbind sched_setaffinity setpriority
""".split()

# These are refused with "Operation not permitted", a clearer message than "not implemented".
REFUSED = """
    fork vfork execve execveat kill tkill ptrace socket socketpair connect bind listen accept
    accept4 unshare setns mount umount2 pivot_root chroot bpf perf_event_open io_uring_setup
    io_uring_enter io_uring_register keyctl add_key request_key process_vm_readv
    process_vm_writev pidfd_open pidfd_getfd pidfd_send_signal open_by_handle_at
    name_to_handle_at memfd_create memfd_secret userfaultfd shmget shmat shmctl semget semop
    semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink setrlimit setuid setgid setreuid
    setregid setresuid setresgid setgroups setsid setpgid rt_sigqueueinfo rt_tgsigqueueinfo
    mknod mknodat
    inotify_init inotify_init1 fanotify_init quotactl swapon reboot syslog acct
    personality kcmp lookup_dcookie vhangup vmsplice splice tee truncate
""".split()

# These say "not supported", as some file systems do: shutil.copy2 and shutil.move then do without
# extended attributes. Instead of fallocate, which fills a disk in no time, libc writes.
UNSUPPORTED = """
    fallocate
    setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    removexattr lremovexattr fremovexattr
""".split()

# Opening a file by name, and the place of the flags among the arguments. Allowed depending on the
# flags; openat2, whose flags are in memory where a filter can't see them, is not allowed.
OPENING = {"open": 1, "openat": 2}
_WITHOUT_READING_OR_WRITING = os.O_WRONLY | os.O_RDWR  # an access mode for ioctl only
OPENING_FLAGS = _flag(os, "O_ACCMODE") | os.O_TRUNC
# Landlock asks for a right when a file is opened for reading or writing. Below its ABI 3 it does
# not ask who empties a file that is opened to be read, or opened without either.
REFUSED_OPENINGS = (
    os.O_RDONLY | os.O_TRUNC,
    _WITHOUT_READING_OR_WRITING,
    _WITHOUT_READING_OR_WRITING | os.O_TRUNC,
)
ALLOWED_OPENINGS = (
    os.O_RDONLY,
    os.O_WRONLY,
    os.O_RDWR,
    os.O_WRONLY | os.O_TRUNC,
    os.O_RDWR | os.O_TRUNC,
)

# Mapping memory depends on the flags. Shared memory without a file is refused: pages that a process
# has unmapped stay as long as any other page of it is mapped, and no limit would see them.
# See MAP_TYPE in mmap(2) for the kinds.
MAPPING_FLAGS = 0x0F | _ANONYMOUS
_SHARED_VALIDATE = 0x03
_DROPPABLE = 0x08
REFUSED_MAPPING = _SHARED | _ANONYMOUS
ALLOWED_MAPPINGS = (
    _PRIVATE,
    _SHARED,
    _SHARED_VALIDATE,
    _PRIVATE | _ANONYMOUS,
    _DROPPABLE | _ANONYMOUS,
)

ALLOWED_IOCTLS = {
    "TCGETS": 0x5401,
    "TIOCGWINSZ": 0x5413,
    "FIONREAD": 0x541B,
    "FIONBIO": 0x5421,
    "FIONCLEX": 0x5450,
    "FIOCLEX": 0x5451,
}
ALLOWED_PRCTLS = {
    "PR_SET_NAME": 15,
    "PR_GET_NAME": 16,
    "PR_GET_DUMPABLE": 3,
    "PR_SET_VMA": 0x53564D41,
}
# Duplicating descriptors and setting their flags, but no leases, signals or watches on files.
ALLOWED_FCNTLS = {
    "F_DUPFD": 0,
    "F_GETFD": 1,
    "F_SETFD": 2,
    "F_GETFL": 3,
    "F_SETFL": 4,
    "F_DUPFD_CLOEXEC": 1030,
}
