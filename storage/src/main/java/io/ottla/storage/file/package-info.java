/**
 * The port through which all file access of the storage goes, and its real implementation over NIO.
 *
 * <p>A {@link io.ottla.storage.file.LogDirectory} is one entry of {@code log.dirs}. Everything below it is named by a
 * path relative to it, so that a simulated directory, which forgets the bytes that were never forced, can take its
 * place. The package knows files and their durability; it knows nothing of batches, segments or partitions.
 *
 * <p>It owns the formats of {@code meta.properties}, of {@code .kafka_cleanshutdown}, of {@code partition.metadata} and
 * of the offset checkpoints. All classes may be used from any thread unless they say otherwise.
 */
@NullMarked
package io.ottla.storage.file;

import org.jspecify.annotations.NullMarked;
