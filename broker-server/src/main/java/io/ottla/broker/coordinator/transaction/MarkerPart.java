package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.api.TopicPartition;
import java.util.List;

/** A marker for those of its partitions that are sent together. */
record MarkerPart(MarkerTask task, List<TopicPartition> partitions) {}
