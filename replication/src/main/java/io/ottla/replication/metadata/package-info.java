/**
 * The broker's view of the cluster: brokers, topics, partitions, as the controller's UpdateMetadata requests describe it.
 *
 * <p>A {@link io.ottla.replication.metadata.MetadataImage} is immutable; one update makes the next image, sharing all that
 * did not change. {@link io.ottla.replication.metadata.MetadataCache} owns the one reference to the current image: updates
 * are serialized there, readers on any thread take the reference once and work on a consistent view. This package knows
 * neither logs nor roles: what this broker hosts is the business of {@code replication.partition}.
 */
@NullMarked
package io.ottla.replication.metadata;

import org.jspecify.annotations.NullMarked;
