package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.record.CompressionCodec;

/**
 * How a coordinator's shards treat their logs.
 *
 * @param appendTimeoutMs after this time a command is answered although its records are not committed
 * @param maxBatchBytes uncompressed bytes of a batch; not more than the topic accepts
 * @param loadChunkBytes about as much of the log is read at a time
 * @param codec compression of the batches
 */
public record ShardSettings(int appendTimeoutMs, int maxBatchBytes, int loadChunkBytes, CompressionCodec codec) {}
