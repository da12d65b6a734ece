/**
 * DescribeConfigs, AlterConfigs and IncrementalAlterConfigs, for topics and brokers.
 *
 * <p>The handlers keep no state: what is configured is in {@link io.ottla.broker.config.DynamicConfig} and, for topics,
 * in the {@link io.ottla.broker.handler.config.SettingsStore}, which is ZooKeeper behind the controller's port. A change
 * is written there and comes back to every broker as a notification; it is not applied here. Codes and texts of errors
 * are those of Apache Kafka 3.9, because its tools print them.
 */
@NullMarked
package io.ottla.broker.handler.config;

import org.jspecify.annotations.NullMarked;
