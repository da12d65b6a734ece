/**
 * Record batches of magic 2: layout, checksum, compression, validation and iteration without an object per record.
 *
 * <p>A broker moves batches, not records. Everything here therefore works in place over a {@link io.netty.buffer.ByteBuf}
 * and absolute positions: {@link io.ottla.protocol.record.RecordBatch} reads and patches the header fields,
 * {@link io.ottla.protocol.record.BatchCursor} finds the batches of a buffer, {@link io.ottla.protocol.record.RecordCursor}
 * walks the records of one batch, opening a compressed batch as a bounded stream. Reader and writer indices of the
 * buffers are never used nor moved, unless a method says so.
 *
 * <p>The package owns no state: a cursor belongs to whoever made it. It knows nothing of topics, files or connections.
 * The classes that need a native codec library ({@code *Frames}) are initialised when the first batch of that codec is
 * opened, never at start-up.
 */
@NullMarked
package io.ottla.protocol.record;

import org.jspecify.annotations.NullMarked;
