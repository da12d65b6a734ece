package io.ottla.replication.partition;

import io.ottla.storage.log.LogConfig;
import java.util.concurrent.CompletionStage;

/** Port: the effective configuration of a topic, overrides over defaults. */
@FunctionalInterface
public interface TopicConfigSource {

    /** Any thread; the stage may complete on any thread, and fails where the configuration cannot be read. */
    CompletionStage<LogConfig> topicConfig(String topic);
}
