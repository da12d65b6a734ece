/**
 * What the cluster consists of: Metadata, DescribeCluster, DescribeTopicPartitions. Stateless over the metadata image; a
 * request is answered from the one image it took first.
 */
@NullMarked
package io.ottla.broker.handler.metadata;

import org.jspecify.annotations.NullMarked;
