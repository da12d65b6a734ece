/**
 * The settings of topics and brokers as the cluster keeps them, and how this broker follows their changes. The caches
 * belong to {@link io.ottla.broker.settings.TopicSettings} and {@link io.ottla.broker.config.DynamicConfig}; ZooKeeper is
 * the truth behind both.
 */
@NullMarked
package io.ottla.broker.settings;

import org.jspecify.annotations.NullMarked;
