/**
 * Disks in memory behind the port of the storage: what a process has written survives its end, what was forced survives a
 * loss of power as well, of the rest an arbitrary part. Confined to the world's thread.
 */
@NullMarked
package io.ottla.sim.disk;

import org.jspecify.annotations.NullMarked;
