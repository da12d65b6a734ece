package io.ottla.storage.recovery;

import io.ottla.storage.file.LogDirectory;

/**
 * Which log to load, and what is known about it.
 *
 * @param directory where it is
 * @param partitionDirectory name of its directory
 * @param cleanShutdown whether the files are as a broker left them on purpose
 * @param recoveryPoint the offset up to which everything is known to be on disk
 * @param logStartOffset the log start offset last checkpointed, 0 if none
 * @param indexIntervalBytes how far apart rebuilt index entries are
 * @param producerExpirationMs producers idle for longer are forgotten
 * @param nowMs the wall clock
 */
public record LoadRequest(
        LogDirectory directory,
        String partitionDirectory,
        boolean cleanShutdown,
        long recoveryPoint,
        long logStartOffset,
        int indexIntervalBytes,
        long producerExpirationMs,
        long nowMs) {}
