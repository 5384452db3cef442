package sqlite

/*
#ifdef __linux__
#include <malloc.h>
#endif

// Connections wander between the threads of the process, and glibc would give
// each thread a pool of its own that never shrinks: 30 MiB more for a host, and
// growing. SQLite allocates behind a lock anyway. It has to be said before the
// first thread starts, so at the load of the program.
__attribute__((constructor)) static void few_arenas(void) {
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 2);
#endif
}
*/
import "C"
