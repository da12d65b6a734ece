package io.ottla.storage.log;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.LogDirectory;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * What a log works with.
 *
 * @param partition whose log it is
 * @param topicId the id of the topic, all zero if it has none
 * @param directory where its files are
 * @param home the loop that owns it; also the timer of delayed deletions and flushes
 * @param workers where blocking work runs
 * @param clock the wall clock
 * @param rollJitter a number from 0 to 1 that spreads the rolls of many logs by {@code segment.jitter.ms}
 */
public record LogContext(
        TopicPartition partition,
        UUID topicId,
        LogDirectory directory,
        EventExecutor home,
        Executor workers,
        Clock clock,
        double rollJitter) {

    /** Takes the directory offline, because of an error that the caller throws on. */
    ApiException offline(String action, Exception cause) {
        directory.health().takeOffline(action, cause);
        return new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, action + " failed: " + cause);
    }
}
