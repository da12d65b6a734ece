/**
 * How a log is taken from disk: which files count, what of them can be trusted, and what is rebuilt.
 *
 * <p>After a clean shutdown nothing is scanned but the few kilobytes behind the last index entry of the newest segment.
 * After any other end the segments past the recovery point are read, the first batch that is torn or corrupt ends the log,
 * and what lies behind is cut off and reported. Runs on a worker, confined to it until the log is handed out.
 */
@NullMarked
package io.ottla.storage.recovery;

import org.jspecify.annotations.NullMarked;
