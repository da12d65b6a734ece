/**
 * Requests over a plain socket: encoded once, sent many times, answers skipped unread.
 *
 * <p>The point is to cost next to nothing, so that request rates show the broker and not its client. The bytes are made
 * by {@code kafka-clients}' own message classes: what all three brokers get is the same.
 */
@NullMarked
package io.ottla.bench.raw;

import org.jspecify.annotations.NullMarked;
